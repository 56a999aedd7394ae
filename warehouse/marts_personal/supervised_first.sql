-- 导师视同第一：学生为第一作者，其导师为第二作者或通讯作者；另立的标志，从不改写第一作者
-- grain: one row per work_id, author_position
-- 师生关系以名册为准：出版年在入学年至毕业后三年之间；学生与导师两人的判定都须是“认定”
with matched as (
    select
        matches.work_id,
        matches.author_position,
        matches.person_id,
        works.publication_year,
        roles.is_corresponding
    from lake.person_matches as matches
    inner join library.lake.works as works on matches.work_id = works.work_id
    inner join library.indicators.author_role as roles
        on matches.work_id = roles.work_id and matches.author_position = roles.author_position
    where matches.decision = 'match'
),

names as (
    select
        person_id,
        min(name_zh) as name_zh
    from lake.people
    group by person_id
)

select
    supervisors.work_id,
    supervisors.author_position,
    supervisors.person_id,
    students.person_id as student_id,
    '第一作者' || coalesce(names.name_zh, '') || '（' || students.person_id || '）为其学生'
    || coalesce('（' || left(links.valid_from, 4) || '–' || coalesce(left(links.valid_to, 4), '在读') || '）', '')
    || case
        when supervisors.is_corresponding in ('yes', 'yes_weak') and supervisors.author_position = 2
            then '，本人为第二作者并通讯'
        when supervisors.author_position = 2 then '，本人为第二作者'
        else '，本人为通讯作者'
    end as evidence
from matched as supervisors
inner join matched as students on supervisors.work_id = students.work_id and students.author_position = 1
inner join lake.supervisions as links
    on students.person_id = links.student_id and supervisors.person_id = links.supervisor_id
left join names on students.person_id = names.person_id
where
    supervisors.author_position > 1
    and (supervisors.author_position = 2 or supervisors.is_corresponding in ('yes', 'yes_weak'))
    and supervisors.publication_year
    between coalesce(try_cast(left(links.valid_from, 4) as bigint), 0)
    and coalesce(try_cast(left(links.valid_to, 4) as bigint), 9996) + 3
