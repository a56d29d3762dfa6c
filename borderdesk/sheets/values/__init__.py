"""What the texts of cells mean: places, hamlets, choices, figures."""
