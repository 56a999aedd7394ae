"""The gate: rules of schemas/ on delivered rows and on finished tables; findings in words."""
