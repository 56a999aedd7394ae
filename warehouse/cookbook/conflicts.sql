-- 各来源对同一件作品说法不一的字段有哪些，我们采用了谁的
-- 读法：一行一字段一来源；“采用”是这家的值被采用的件数；数多的字段值得在字典 source_precedence 里想一想
-- 参数：字段为空看全部
-- 数据库：library（读 lake：各家原值只在那里）
with 参数 as (
    select cast(null as varchar) as 字段
)

select
    conflicts.field_name as 字段,
    records.source as 来源,
    count(*) as 说法不一,
    count(*) filter (where conflicts.is_kept) as 采用,
    any_value(conflicts.field_value) as 例,
    any_value(conflicts.work_id) as 作品号例
from lake.work_conflicts as conflicts
inner join lake.records as records on conflicts.record_id = records.record_id
cross join 参数
where 参数.字段 is null or conflicts.field_name = 参数.字段
group by conflicts.field_name, records.source
order by 说法不一 desc, conflicts.field_name asc, records.source asc
