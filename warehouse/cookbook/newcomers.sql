-- 新进教师入校前后各有多少成果
-- 读法：入校前的只有署过本校（如在校读书、合聘）或候选人导出里收到的才在库，所以“入校前”偏少，不能与入校后比高低
-- 参数：入校起始日
-- 数据库：people（含个人信息，须有文件权限；读 people.lake.people：在职起止只在那里）
with 参数 as (
    select '2018-01-01' as 入校起始日
),

arrived as (
    select
        persons.person_id,
        any_value(persons.name_zh) as name_zh,
        any_value(persons.unit_id) as unit_id,
        min(persons.valid_from) as arrived_on
    from people.lake.people as persons
    where persons.person_type = 'staff'
    group by persons.person_id
    having min(persons.valid_from) >= (select 入校起始日 from 参数)
)

select
    arrived.person_id as 工号,
    arrived.name_zh as 姓名,
    units.name_zh as 单位名,
    arrived.arrived_on as 入校,
    count(works.work_id) filter (where works.publication_year < year(cast(arrived.arrived_on as date))) as 入校前,
    count(works.work_id) filter (where works.publication_year >= year(cast(arrived.arrived_on as date))) as 入校后,
    count(works.work_id) filter (
        where works.publication_year >= year(cast(arrived.arrived_on as date)) and authors.is_first
    ) as 入校后一作,
    sum(works.citations_wos_count) filter (
        where works.publication_year >= year(cast(arrived.arrived_on as date))
    ) as 入校后wos被引
from arrived
left join people.marts.work_author as authors
    on arrived.person_id = authors.person_id and authors.decision = 'match'
left join marts.work as works on authors.work_id = works.work_id
left join lake.units as units on arrived.unit_id = units.unit_id
group by arrived.person_id, arrived.name_zh, units.name_zh, arrived.arrived_on
order by arrived.arrived_on desc, arrived.person_id asc
