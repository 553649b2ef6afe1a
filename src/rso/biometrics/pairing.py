"""From votes to a pairing: which minutiae of two prints are the same, and how sure that is.

The best supported pairs become candidates. Two pairs agree if the edge between them has about the same length and
angles on both prints. From the pair that the others agree with most, the pairing grows by the pair with most
agreement with those already in it, until the next would have too little. Steps, pairs and sizes are all bounded.

Arrays have the shape (prints, pairs) or (prints, pairs, pairs): one probe against several candidates at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rso.biometrics.edges import FAR, Flags, Floats, Ints, Prints, unturned

CANDIDATE_PAIRS = 32
ROUNDS = 3
SHORTEST = np.float32(6.0)
"""Pixels: two minutiae nearer than this have no direction towards each other worth comparing."""
LENGTH_SLACK, LENGTH_STRETCH = np.float32(6.0), np.float32(0.06)
"""Half of the tolerated difference in length: pixels, and share of the length (skin stretches)."""
ANGLE_SLACK, ANGLE_JITTER = np.float32(0.22), np.float32(3.0)
"""Half of the tolerated difference in the angle towards: radians, and pixels of jitter across the edge."""
DIRECTION_SLACK = np.float32(0.35)
LEAST_SUPPORT = np.float32(0.3)
"""Agreement that a new pair needs with each of (up to six of) the pairs that are already in."""
SUPPORTERS = 6
NEIGHBOURHOOD = np.float32(40.0)
"""Pixels: a minutia is in the common area if one of the other print lies as near as this."""
_LEVER = np.float32(400.0)
"""Square pixels: how much a pair's two directions count in the rotation, against its place."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Candidate pairs, best supported first: indexes, places and directions on both prints."""

    mine: Ints
    theirs: Ints
    votes: Floats
    x: Floats
    y: Floats
    angle: Floats
    their_x: Floats
    their_y: Floats
    their_angle: Floats

    @classmethod
    def of(cls, votes: Floats, probe: Prints, prints: Prints) -> Pairs:
        flat = votes.reshape(len(prints), -1)
        if flat.shape[1] < CANDIDATE_PAIRS:
            flat = np.pad(flat, ((0, 0), (0, CANDIDATE_PAIRS - flat.shape[1])))
        best = np.argsort(-flat, axis=1, kind="stable")[:, :CANDIDATE_PAIRS]
        supported = np.take_along_axis(flat, best, 1)
        width = prints.x.shape[1]
        mine = np.where(supported > 0, best // width, 0)
        theirs = np.where(supported > 0, best % width, 0)
        return cls(
            mine,
            theirs,
            supported,
            *(part[0][mine] for part in (probe.x, probe.y, probe.angle)),
            *(np.take_along_axis(part, theirs, 1) for part in (prints.x, prints.y, prints.angle)),
        )


def exclusions(pairs: Pairs) -> Flags:
    """Pairs that share a minutia: at most one of the two is right."""
    same_mine = pairs.mine[:, :, None] == pairs.mine[:, None, :]
    excluded: Flags = same_mine | (pairs.theirs[:, :, None] == pairs.theirs[:, None, :])
    return excluded


def agreement(pairs: Pairs, excluded: Flags) -> Floats:
    """0 to 1 for every two pairs: how well the edge between them is the same on both prints."""
    length, way = _edge(pairs.x, pairs.y, pairs.angle)
    their_length, their_way = _edge(pairs.their_x, pairs.their_y, pairs.their_angle)
    least = np.minimum(length, their_length)
    reach: Floats = np.maximum(least, np.float32(1))
    turn = pairs.their_angle - pairs.angle
    agreed = _within(their_length - length, LENGTH_SLACK + LENGTH_STRETCH * reach)
    agreed *= _within(unturned(their_way - way), ANGLE_SLACK + ANGLE_JITTER / reach)
    agreed *= _within(unturned(turn[:, None, :] - turn[:, :, None]), DIRECTION_SLACK)
    live = pairs.votes > 0
    agreed[excluded | (least <= SHORTEST) | ~(live[:, :, None] & live[:, None, :])] = 0
    return np.minimum(agreed, agreed.swapaxes(1, 2))


def _edge(x: Floats, y: Floats, angle: Floats) -> tuple[Floats, Floats]:
    dx, dy = x[:, None, :] - x[:, :, None], y[:, None, :] - y[:, :, None]
    return np.sqrt(dx * dx + dy * dy), np.arctan2(dy, dx) - angle[:, :, None]


def _within(difference: Floats, half: Floats | np.float32) -> Floats:
    return np.maximum(1 - np.abs(difference) / (2 * half), 0, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Grown:
    """The pairing: ``chosen`` says which candidate pairs are in, ``rank`` when each came in (from 0)."""

    chosen: Flags
    rank: Ints


def grow(pairs: Pairs, agreed: Floats, excluded: Flags) -> Grown:
    """Grows one pairing a print from its root."""
    every = np.arange(len(agreed))
    chosen = np.zeros(pairs.votes.shape, np.bool_)
    rank = np.full(pairs.votes.shape, CANDIDATE_PAIRS)
    barred = pairs.votes <= 0
    support = np.zeros(pairs.votes.shape, np.float32)
    value = np.where(barred, -1, _standing(pairs.votes, agreed))
    for step in range(CANDIDATE_PAIRS):
        pick = np.argmax(value, axis=1)
        growing = value[every, pick] > 0
        if not growing.any():
            break
        where, what = every[growing], pick[growing]
        chosen[where, what] = True
        rank[where, what] = step
        support[where] += agreed[where, what]
        barred[where] |= excluded[where, what]
        barred[~growing] = True
        enough = support >= LEAST_SUPPORT * min(step + 1, SUPPORTERS)
        value = np.where(enough & ~barred & ~chosen, support, np.float32(-1))
    return Grown(chosen, rank)


def _standing(votes: Floats, agreed: Floats) -> Floats:
    """How much each pair is agreed with by pairs that are themselves agreed with: the root is its highest."""
    standing: Floats = votes / np.maximum(votes.max(axis=1, keepdims=True), np.float32(1e-6))
    for _ in range(ROUNDS):
        standing = np.einsum("bij,bj->bi", agreed, standing) + np.float32(0.1) * votes
        standing = standing / np.maximum(standing.max(axis=1, keepdims=True), np.float32(1e-6))
    return standing


def score(pairs: Pairs, grown: Grown, agreed: Floats, probe: Prints, prints: Prints) -> Floats:
    """Mean agreement a pair has in its pairing, times the share of the common area's minutiae that are paired.

    The first grows with the number of pairs and how well they fit; the second is small where two fingers merely
    have a patch alike. No upper end; 0 for a pairing of one.
    """
    chosen = grown.chosen.astype(np.float32)
    many = np.maximum(chosen.sum(axis=1), np.float32(1))
    fit = np.einsum("bi,bij,bj->b", chosen, agreed, chosen) / many
    common = np.maximum(_in_common(pairs, chosen, many, probe, prints), np.float32(1))
    scored: Floats = fit * np.minimum(2 * many / common, np.float32(1))
    return scored


def _in_common(pairs: Pairs, chosen: Floats, many: Floats, probe: Prints, prints: Prints) -> Floats:
    """Minutiae of both prints in the area that both show, once the probe is laid over the candidate."""

    def mean(values: Floats) -> Floats:
        centre: Floats = ((values * chosen).sum(axis=1) / many)[:, None]
        return centre

    x0, y0, u0, v0 = (mean(values) for values in (pairs.x, pairs.y, pairs.their_x, pairs.their_y))
    x, y, u, v = pairs.x - x0, pairs.y - y0, pairs.their_x - u0, pairs.their_y - v0
    turn = pairs.their_angle - pairs.angle
    sine = ((x * v - y * u + _LEVER * np.sin(turn)) * chosen).sum(axis=1)
    cosine = ((x * u + y * v + _LEVER * np.cos(turn)) * chosen).sum(axis=1)
    angle = np.arctan2(sine, cosine)[:, None]
    px, py = probe.x - x0, probe.y - y0
    laid_x = np.cos(angle) * px - np.sin(angle) * py + u0
    laid_y = np.sin(angle) * px + np.cos(angle) * py + v0
    dx, dy = laid_x[:, :, None] - prints.x[:, None, :], laid_y[:, :, None] - prints.y[:, None, :]
    apart = np.where(prints.there[:, None, :] & probe.there[:, :, None], dx * dx + dy * dy, FAR * FAR)
    near = NEIGHBOURHOOD * NEIGHBOURHOOD
    mine, theirs = (apart.min(axis=2) < near).sum(axis=1), (apart.min(axis=1) < near).sum(axis=1)
    common: Floats = (mine + theirs).astype(np.float32)
    return common
