-- 折算系数 k：本期高被引论文 ESI 被引 / WoS 核心合集被引 的中位数；不足 20 篇则没有 k，也就没有估算
-- grain: one row per period, esi_field, publication_year
-- needs: esi_own_paper, esi_release
with wos as (
    select
        clusters.work_id,
        metrics.value,
        try_cast(metrics.as_of as date) as as_of
    from lake.metrics as metrics
    inner join lake.clusters as clusters on metrics.record_id = clusters.record_id
    where metrics.metric = 'citations_wos_core'
),

-- 取数据日期离本期截止日最近的 WoS 被引；一样近取较晚者
nearest as (
    select
        papers.period,
        papers.esi_field,
        papers.publication_year,
        papers.citations_esi_count,
        wos.value as citations_wos_count,
        row_number() over (
            partition by papers.period, papers.paper_key
            order by abs(date_diff('day', wos.as_of, releases.window_to)), wos.as_of desc, wos.value desc
        ) as place
    from indicators.esi_own_paper as papers
    inner join indicators.esi_release as releases
        on papers.period = releases.period and papers.list_kind = releases.list_kind
    inner join wos on papers.work_id = wos.work_id
    where papers.list_kind = 'highly_cited' and wos.value > 0 and papers.citations_esi_count is not null
)

select
    period,
    esi_field,
    publication_year,
    count(*) as papers_count,
    case when count(*) >= 20 then median(citations_esi_count / citations_wos_count) end as ratio
from nearest
where place = 1
group by period, esi_field, publication_year
