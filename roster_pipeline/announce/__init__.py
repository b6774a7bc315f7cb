"""What Dagster's UI shows of a run beyond its steps: tags, checks, a failure, links into the launchpad."""
