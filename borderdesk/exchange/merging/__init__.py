"""What arrived: merged into the desk, waiting, or taken out again, batch by batch."""
