-- 教职工与作品：个人指标只给教职工，不给在读学生（最少够用）
-- grain: one row per entity_type, entity_id, work_id
-- needs: person_work
-- 名册中任何一行是教职工、博士后、离退休、访问学者或未注明类别的，都算教职工
select members.*
from marts.person_work as members
where
    members.entity_id in (
        select person_id from lake.people
        where coalesce(person_type, '') not in ('phd', 'master', 'undergraduate')
    )
