"""What the district shares through Clever: too much, too little, and the sharing rule that mends it."""
