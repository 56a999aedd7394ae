-- 默认期：已有高被引名单的最近一期
select max(period) as period from marts.esi_period
where has_highly_cited
