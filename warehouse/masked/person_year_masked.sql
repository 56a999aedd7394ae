-- 本校人员逐年产出（遮蔽）：代号、教职工或学生、年、作品数的档次；没有姓名、工号、单位与作品，反推不出是谁
-- grain: one row per person_key, publication_year
-- 代号由密钥算出，每个人在各次构建中不变；密钥不在库里。同组同年同档不足 5 人的，档次不给（suppressed）；
-- 只藏一档会被总人数减出来，所以再藏人数最少的另一档（次级抑制）
with each as (
    select
        keys.person_key,
        case when authors.is_student then 'student' else 'staff' end as person_group,
        works.publication_year,
        count(distinct authors.work_id) as works_count,
        count(distinct authors.work_id) filter (where authors.is_first) as first_count
    from people.marts.work_author as authors
    inner join person_keys as keys on authors.person_id = keys.person_id
    inner join library.lake.works as works on authors.work_id = works.work_id
    where authors.decision = 'match' and works.publication_year is not null
    group by keys.person_key, person_group, works.publication_year
),

-- 同一年既是学生又是教职工的，记在作品多的一组
single as (
    select *
    from each
    qualify
        row_number() over (partition by person_key, publication_year order by works_count desc, person_group asc) = 1
),

banded as (
    select
        *,
        case
            when works_count >= 10 then '10+'
            when works_count >= 5 then '5-9'
            when works_count >= 3 then '3-4'
            else cast(works_count as varchar)
        end as works_band
    from single
),

cells as (
    select
        person_group,
        publication_year,
        works_band,
        count(*) as persons_count,
        count(*) < 5 as is_small
    from banded
    group by person_group, publication_year, works_band
),

hidden as (
    select
        *,
        bool_or(is_small) over cell_group as has_small,
        coalesce(sum(persons_count) filter (where is_small) over cell_group, 0) as small_persons,
        count(*) filter (where is_small) over cell_group as small_cells,
        row_number() over (
            partition by person_group, publication_year, is_small
            order by persons_count, works_band
        ) as place
    from cells
    window cell_group as (partition by person_group, publication_year)
),

judged as (
    select
        *,
        is_small or (has_small and (small_persons < 5 or small_cells = 1) and place = 1) as is_hidden
    from hidden
)

select
    banded.person_key,
    banded.person_group,
    banded.publication_year,
    case when judged.is_hidden then null else banded.works_band end as works_band,
    case when judged.is_hidden then 'suppressed' else 'ok' end as status
from banded
inner join judged
    on
        banded.person_group = judged.person_group
        and banded.publication_year = judged.publication_year
        and banded.works_band = judged.works_band
