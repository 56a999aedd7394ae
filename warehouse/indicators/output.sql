-- 产出：各二级单位与全校逐年的作品数
-- grain: one row per unit_id, publication_year, counting
-- needs: work_college
-- counting = 'full'（每个单位各计 1，全校一件只计一次）| 'fractional'（1 / 本校二级单位数）
-- 出版年不详的作品自成一行（publication_year 为空），不并入任何一年；各学院全计数之和 ≥ 全校
with owned as (
    select
        work_college.work_id,
        work_college.college_id,
        work_college.colleges_count,
        work_college.leads,
        works.publication_year,
        coalesce(works.document_type in ('article', 'review') and not coalesce(works.is_retracted, false), false)
            as is_article_or_review
    from indicators.work_college as work_college
    inner join lake.works as works on work_college.work_id = works.work_id
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

university_works as (
    select
        work_id,
        any_value(publication_year) as publication_year,
        bool_or(leads = 'yes') as is_led,
        any_value(is_article_or_review) as is_article_or_review
    from owned
    group by work_id
)

select
    college_id as unit_id,
    publication_year,
    'full' as counting,
    cast(count(*) as double) as works_count,
    cast(count(*) filter (where leads = 'yes') as double) as led_works_count,
    cast(count(*) filter (where is_article_or_review) as double) as articles_reviews_count
from owned
group by college_id, publication_year
union all
select
    college_id as unit_id,
    publication_year,
    'fractional' as counting,
    sum(1.0 / colleges_count) as works_count,
    coalesce(sum(1.0 / colleges_count) filter (where leads = 'yes'), 0) as led_works_count,
    coalesce(sum(1.0 / colleges_count) filter (where is_article_or_review), 0) as articles_reviews_count
from owned
group by college_id, publication_year
union all
select
    universities.unit_id,
    university_works.publication_year,
    countings.counting,
    cast(count(*) as double) as works_count,
    cast(count(*) filter (where university_works.is_led) as double) as led_works_count,
    cast(count(*) filter (where university_works.is_article_or_review) as double) as articles_reviews_count
from university_works
cross join universities
cross join (values ('full'), ('fractional')) as countings (counting)
group by universities.unit_id, university_works.publication_year, countings.counting
