-- 某导师带的学生，和学生一起发了多少
-- 读法：一行一名学生；“合作件数”为两人都认定到的作品；论文由学位论文记录得来，没有学位论文的为 0
-- 参数：导师工号
-- 数据库：people（含个人信息，须有文件权限；读 people.lake.supervision_network：师生关系只在那里）
with 参数 as (
    select '20000191' as 导师工号
),

names as (
    select
        person_id,
        arg_max(name_zh, valid_from) as name_zh,
        arg_max(person_type, valid_from) as person_type
    from people.lake.people
    group by person_id
)

select
    pairs.student_id as 学号,
    names.name_zh as 姓名,
    names.person_type as 身份,
    pairs.valid_from as 起,
    pairs.valid_to as 止,
    pairs.theses_count as 学位论文,
    pairs.works_together as 合作件数,
    pairs.first_together as 首次,
    pairs.last_together as 末次,
    pairs.supervision_source as 关系依据
from people.lake.supervision_network as pairs
inner join 参数 on pairs.supervisor_id = 参数.导师工号
left join names on pairs.student_id = names.person_id
order by pairs.valid_from desc, pairs.student_id asc
