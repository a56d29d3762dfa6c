"""The page of exchange: send, receive, board, cards, notes."""
