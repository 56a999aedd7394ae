-- 哪些高被引论文掉出了名单，为什么
-- 读法：一行一篇；“出窗”是发表年超出十年窗口（无可挽回），“低于阈值”同时给出当期阈值与最后一次的被引，可看差多少
-- 参数：名单 highly_cited 高被引 | hot 热点；期从该期起（空为最新一期），往前看可填较早的期
-- 数据库：library
with 参数 as (
    select
        'highly_cited' as 名单,
        cast(null as varchar) as 期
),

since as (select coalesce((select 期 from 参数), max(period)) as period from marts.esi_period where has_highly_cited)

select
    papers.period as 期,
    papers.previous_period as 上一次名单,
    coalesce(papers.drop_reason_zh, '未知') as 原因,
    papers.esi_field_zh as 学科,
    papers.publication_year as 发表年,
    papers.citations_esi_count as 最后一次被引,
    papers.threshold_now as 当期阈值,
    papers.threshold_now - papers.citations_esi_count as 差几次,
    papers.title as 题名,
    papers.doi,
    papers.accession_number as 入藏号
from marts.esi_paper as papers
inner join since on papers.period >= since.period
inner join 参数 on papers.list_kind = 参数.名单
where papers.change = 'dropped'
order by papers.period desc, papers.drop_reason asc, papers.esi_field asc, papers.paper_key asc
