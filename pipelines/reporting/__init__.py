"""Reports: report.yml and queries in, PDF + HTML + xlsx + json out. Reads published databases, never writes one."""
