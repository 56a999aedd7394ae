-- 单位年度产出与被引：当时结构；全校一行，各学院之和可以大于全校（合作作品各计一次）
-- grain: one row per unit_id, publication_year
with counted as (
    select
        unit_id,
        publication_year,
        max(works_count) filter (where counting = 'full') as works_count,
        max(works_count) filter (where counting = 'fractional') as works_fractional_count,
        max(led_works_count) filter (where counting = 'full') as led_works_count,
        max(articles_reviews_count) filter (where counting = 'full') as articles_reviews_count
    from indicators.output
    group by unit_id, publication_year
),

universities as (
    select coalesce(
        (
            select min(unit_id) from lake.units
            where unit_kind = 'university'
        ),
        (
            select min(institution_id) from lake.institutions_dictionary
            where kind = 'own'
        )
    ) as unit_id
),

memberships as (
    select
        work_id,
        college_id as unit_id
    from indicators.work_college
    union
    select
        work_college.work_id,
        universities.unit_id
    from indicators.work_college as work_college
    cross join universities
),

cited as (
    select
        memberships.unit_id,
        works.publication_year,
        sum(citations.value) as citations_wos_count,
        count(citations.value) as works_with_citations_wos_count
    from memberships
    inner join lake.works as works on memberships.work_id = works.work_id
    left join indicators.citations as citations
        on memberships.work_id = citations.work_id and citations.metric = 'citations_wos_core'
    group by memberships.unit_id, works.publication_year
)

select
    counted.unit_id,
    case
        when counted.unit_id = 'unresolved' then '未归属学院'
        else coalesce(units.name_zh, institutions.name_zh)
    end as unit_name_zh,
    coalesce(units.unit_kind, case when institutions.institution_id is not null then 'university' end) as unit_kind,
    counted.publication_year,
    counted.works_count,
    counted.works_fractional_count,
    counted.led_works_count,
    counted.articles_reviews_count,
    cited.citations_wos_count,
    cited.works_with_citations_wos_count
from counted
left join cited
    on
        counted.unit_id = cited.unit_id
        and counted.publication_year is not distinct from cited.publication_year
left join lake.units as units on counted.unit_id = units.unit_id
left join lake.institutions_dictionary as institutions on counted.unit_id = institutions.institution_id
