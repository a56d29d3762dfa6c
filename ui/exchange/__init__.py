"""The exchange page: send, receive, batches, board, versions, doubles, notes, cards, shared folder,
paper check."""
