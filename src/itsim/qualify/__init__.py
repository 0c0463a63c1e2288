"""Published facts against simulation: facts are data, a rule fixed beforehand decides, misfits come first."""
