-- 博士学位论文与导师
-- 读法：一行一篇；导师是论文记录里写的名字，没有写的为空；导师与学生是否本校教职工见 people 库 lake.supervision_network
-- 参数：起止年（学位年，没有时用出版年）；层次 doctoral | master
-- 数据库：library（读 lake：学位论文只在那里）
with 参数 as (
    select
        2010 as 起始年,
        2026 as 截止年,
        'doctoral' as 层次
),

advisors as (
    select
        record_id,
        string_agg(coalesce(name_native, name), '、' order by contributor_position) as names
    from lake.contributors
    where contributor_role = 'advisor'
    group by record_id
)

select
    coalesce(theses.degree_year, works.publication_year) as 年,
    theses.degree as 学位,
    theses.university as 学校,
    theses.department as 院系,
    theses.subject as 学科,
    works.title as 题名,
    advisors.names as 导师,
    works.sources as 来源,
    works.work_id as 作品号
from lake.theses as theses
cross join 参数
inner join lake.clusters as clusters on theses.record_id = clusters.record_id
inner join marts.work as works on clusters.work_id = works.work_id
left join advisors on theses.record_id = advisors.record_id
where
    theses.degree_level = 参数.层次
    and coalesce(theses.degree_year, works.publication_year) between 参数.起始年 and 参数.截止年
qualify row_number() over (partition by works.work_id order by advisors.names nulls last, theses.record_id) = 1
order by 年 desc, works.work_id asc
limit 1000
