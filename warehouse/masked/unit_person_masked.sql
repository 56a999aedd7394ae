-- 各学院逐年有成果的人数（遮蔽）：教职工、学生各多少人；不足 5 人的不给，能由合计减出来的也不给
-- grain: one row per unit_id, person_group, publication_year
-- unit_id 为 all 的一行是全校合计（一人只计一次）。status：ok 照给；suppressed 不足 5 人，或为防相减而同藏的人数最少的一格
with each as (
    select distinct
        authors.person_id,
        coalesce(authors.unit_id, 'unresolved') as unit_id,
        case when authors.is_student then 'student' else 'staff' end as person_group,
        works.publication_year,
        authors.work_id
    from people.marts.work_author as authors
    inner join library.lake.works as works on authors.work_id = works.work_id
    where authors.decision = 'match' and works.publication_year is not null and authors.person_id is not null
),

cells as (
    select
        unit_id,
        person_group,
        publication_year,
        count(distinct person_id) as persons_count,
        count(distinct work_id) as works_count
    from each
    group by unit_id, person_group, publication_year
),

hidden as (
    select
        *,
        persons_count < 5 as is_small,
        bool_or(persons_count < 5) over cell_group as has_small,
        coalesce(sum(persons_count) filter (where persons_count < 5) over cell_group, 0) as small_persons,
        count(*) filter (where persons_count < 5) over cell_group as small_cells,
        row_number() over (
            partition by person_group, publication_year, persons_count < 5
            order by persons_count, unit_id
        ) as place
    from cells
    window cell_group as (partition by person_group, publication_year)
),

judged as (
    select
        *,
        is_small or (has_small and (small_persons < 5 or small_cells = 1) and place = 1) as is_hidden
    from hidden
),

totals as (
    select
        'all' as unit_id,
        person_group,
        publication_year,
        count(distinct person_id) as persons_count,
        count(distinct work_id) as works_count
    from each
    group by person_group, publication_year
),

-- 藏着的合起来仍不足 5 人，或只藏着一格：再无可藏，合计也不给
open_totals as (
    select
        person_group,
        publication_year,
        coalesce(sum(persons_count) filter (where is_hidden), 0) as hidden_persons,
        count(*) filter (where is_hidden) as hidden_cells
    from judged
    group by person_group, publication_year
),

both_kinds as (
    select
        unit_id,
        person_group,
        publication_year,
        persons_count,
        works_count,
        is_hidden
    from judged
    union all
    select
        totals.unit_id,
        totals.person_group,
        totals.publication_year,
        totals.persons_count,
        totals.works_count,
        open_totals.hidden_cells > 0 and (open_totals.hidden_persons < 5 or open_totals.hidden_cells = 1) as is_hidden
    from totals
    inner join open_totals
        on totals.person_group = open_totals.person_group and totals.publication_year = open_totals.publication_year
)

select
    unit_id,
    person_group,
    publication_year,
    case when is_hidden then null else persons_count end as persons_count,
    case when is_hidden then null else works_count end as works_count,
    case when is_hidden then 'suppressed' else 'ok' end as status
from both_kinds
