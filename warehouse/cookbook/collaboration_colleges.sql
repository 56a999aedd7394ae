-- 哪些学院之间合作得多
-- 读法：一行一对学院（不分先后），合作件数与其中的高被引；只写到学校的不算；学院为署名时的单位
-- 参数：起止年；至少几件
-- 数据库：library
with 参数 as (
    select
        2021 as 起始年,
        2025 as 截止年,
        1 as 至少
),

shared as (
    select
        units.work_id,
        units.unit_id,
        units.unit_name_zh
    from marts.work_unit as units
    inner join 参数 on units.publication_year between 参数.起始年 and 参数.截止年
    where units.colleges_count > 1 and units.unit_id != 'unresolved'
)

select
    a.unit_name_zh as 学院甲,
    b.unit_name_zh as 学院乙,
    count(*) as 合作件数,
    count(*) filter (where works.is_highly_cited) as 高被引
from shared as a
inner join shared as b on a.work_id = b.work_id and a.unit_id < b.unit_id
inner join marts.work as works on a.work_id = works.work_id
group by a.unit_id, b.unit_id, a.unit_name_zh, b.unit_name_zh
having count(*) >= (select 至少 from 参数)
order by 合作件数 desc, a.unit_id asc, b.unit_id asc
