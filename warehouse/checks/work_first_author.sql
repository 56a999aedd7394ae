-- severity: warn
-- 有作者而没有第一作者（或多于一位）的作品：请看该作品各记录的作者列表
select
    work_id,
    count(*) filter (where is_first) as first_authors_count
from lake.work_authorships
group by work_id
having count(*) filter (where is_first) != 1
