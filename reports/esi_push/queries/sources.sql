-- 本报告用到的来源及其数据日期；没有说明的日期为空
select
    'ESI ' || getvariable('period') || ' 期' as source_zh,
    cast(data_through as varchar) as data_through,
    cast(null as varchar) as exported_at,
    cast(null as varchar) as delivered_at,
    (
        select string_agg(distinct papers.source_file, '；' order by papers.source_file)
        from marts.esi_paper as papers
        where papers.period = getvariable('period') and papers.is_member
    ) as files
from marts.esi_period
where period = getvariable('period')
union all
select
    case source when 'wos' then 'Web of Science' when 'ei' then 'EI Compendex' when 'cnki' then '中国知网' else source end
        as source_zh,
    data_through_latest as data_through,
    left(exported_at_latest, 10) as exported_at,
    left(delivered_at_latest, 10) as delivered_at,
    cast(null as varchar) as files
from marts.source
