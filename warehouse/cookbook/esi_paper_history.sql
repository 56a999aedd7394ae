-- 某篇论文历期的 ESI 状态：哪期入选、被引与阈值怎样变
-- 读法：一行一期一名单；“在列”为否的是掉出的那一期；中间没有的期是没有名单，不是没有入选
-- 参数：DOI 或入藏号，大小写不论
-- 数据库：library
with 参数 as (
    select 'WOS:917010185181211' as 标识
)

select
    papers.period as 期,
    case papers.list_kind when 'hot' then '热点' else '高被引' end as 名单,
    papers.is_member as 在列,
    papers.change as 变化,
    papers.drop_reason_zh as 掉出原因,
    papers.citations_esi_count as 被引,
    papers.threshold_value as 阈值,
    round(papers.threshold_ratio, 2) as 倍数,
    papers.source_file as 文件,
    papers.source_row as 行
from marts.esi_paper as papers
cross join 参数
where
    papers.list_kind in ('highly_cited', 'hot')
    and (lower(papers.doi) = lower(参数.标识) or upper(papers.accession_number) = upper(参数.标识))
order by papers.period, papers.list_kind
