"""One partition per district; its key is the district's slug."""

import dagster as dg

district_partitions = dg.DynamicPartitionsDefinition(name="district")
