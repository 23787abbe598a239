"""Data of Larkspur, the retailer of all lessons: tables that are drawn from a seed, the same for everybody.

One module per table. None of them reads the clock or the network, and none of them holds the rule behind its outcomes
(`docs/adr/0007-outcomes-are-recorded.md`).
"""

from coursekit.data.cards import card_transactions

__all__ = ["card_transactions"]
