"""The response: each equation once, called by every engine; feed-forward, it changes nothing in the body."""
