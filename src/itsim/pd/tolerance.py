"""Fast and slow tolerance (science §2b).

dF/dt = (O − F)/τF ;  dS/dt = (O − S)/(τS rising, τS,off falling) ;  m = (1 + aS·S)/(1 − dR·F)

The law is one; cord and brain have their own aS, τS and τS,off. Relief asks for a rising dose over a year
(B30), drowsiness wears off within weeks, and two weeks without drug make an old dose an overdose (B34).
"""

from __future__ import annotations

import math

from itsim.arrays import Number


def shift_of_potency(fast: Number, slow: Number, slow_gain: float, receptor_loss: float) -> Number:
    """By which factor m the EC50 has moved."""
    return (1.0 + slow_gain * slow) / (1.0 - receptor_loss * fast)


def after_constant_dosing(occupancy: float, lasting_h: float, time_constant_h: float) -> float:
    """A tolerance state that began at zero, after *lasting_h* at a constant occupancy."""
    return occupancy * -math.expm1(-lasting_h / time_constant_h)
