-- 某个 DOI 的作品为什么这样合并：由哪些记录合成，每条凭什么并进来
-- 读法：一行一条记录；“规则”与“理由”是它与另一条记录相连的依据；首条没有依据，别的都连到它；更全的说明：xueheng explain <DOI>
-- 参数：DOI，大小写不论
-- 数据库：library（读 lake：查重的判定只在那里）
with 参数 as (
    select '10.5555/phyb1.2024.741818' as doi
),

wanted as (
    select works.work_id from marts.work as works
    inner join 参数 on works.doi = lower(参数.doi)
),

members as (
    select
        clusters.record_id,
        clusters.work_id
    from lake.clusters as clusters
    inner join wanted on clusters.work_id = wanted.work_id
),

joined as (
    select
        members.record_id,
        pairs.rule,
        pairs.score,
        pairs.evidence,
        case when members.record_id = pairs.left_id then pairs.right_id else pairs.left_id end as other_id
    from members
    inner join lake.pairs as pairs on members.record_id in (pairs.left_id, pairs.right_id)
    where pairs.decision = 'join'
)

select
    members.work_id as 作品号,
    members.record_id as 记录号,
    records.source as 来源,
    records.title as 题名,
    records.publication_year as 年,
    records.doi_raw as 原样doi,
    joined.other_id as 与哪条相连,
    joined.rule as 规则,
    joined.score as 得分,
    joined.evidence as 理由
from members
inner join lake.records as records on members.record_id = records.record_id
left join joined on members.record_id = joined.record_id
order by records.source, members.record_id, joined.other_id
