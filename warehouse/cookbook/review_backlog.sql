-- 还有多少事等人看：疑似重复、地址归属
-- 读法：一行一类；导出清单逐条处理：xueheng review export；人员归属的待核在 people 库，见 review_backlog_people
-- 参数：类别为空看全部
-- 数据库：library（读 lake：待核只在那里）
with 参数 as (
    select cast(null as varchar) as 类别
),

counted as (
    select
        '疑似重复的记录对' as kind,
        count(*) filter (where decision = 'review') as open_count,
        count(*) as total
    from lake.pairs
    union all
    select
        '地址的机构与单位' as kind,
        count(distinct address_id) filter (where decision = 'review') as open_count,
        count(distinct address_id) as total
    from lake.affiliation_matches
    union all
    select
        '检索疑缺' as kind,
        count(*) filter (where is_lacking) as open_count,
        count(*) as total
    from marts.search
)

select
    counted.kind as 类别,
    counted.open_count as 待核,
    counted.total as 全部,
    round(100 * counted.open_count / nullif(counted.total, 0), 2) as 占比
from counted
cross join 参数
where 参数.类别 is null or counted.kind = 参数.类别
order by counted.open_count desc, counted.kind asc
