"""What a desk's first page tells: figures with their pace, tasks, safety."""
