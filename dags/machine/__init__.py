"""The platform on this one machine: a local Airflow, watched from outside through its REST API. Airflow never reads this."""
