-- 分数计数：每件本校作品在各机构、本校各二级单位之间的份额；每件作品的份额之和为 1
-- grain: one row per work_id, institution_key, college_id
-- needs: author_place
-- frac_author = Σ 作者 (1 / 作者数) ×（该处地址数 / 该作者地址数）；有作者没有对应地址时不算，只给 frac_org（counting_basis = 'org_only'）
-- frac_org = 1 / 机构数，本校的一份由各二级单位平分；团体作者不计入作者数
with authors as (
    select
        work_id,
        count(*) as authors_count
    from lake.work_authorships
    where not coalesce(is_group_author, false)
    group by work_id
),

linked as (
    select
        places.work_id,
        count(distinct places.author_position) as linked_count
    from indicators.author_place as places
    inner join lake.work_authorships as authors
        on places.work_id = authors.work_id and places.author_position = authors.author_position
    where not coalesce(authors.is_group_author, false)
    group by places.work_id
),

complete as (
    select
        authors.work_id,
        authors.authors_count,
        coalesce(linked.linked_count, 0) as linked_count
    from authors
    left join linked on authors.work_id = linked.work_id
),

shares as (
    select
        places.work_id,
        places.institution_key,
        places.college_id,
        any_value(places.institution_id) as institution_id,
        bool_or(places.is_own) as is_own,
        count(distinct places.author_position) as authors_count,
        sum(places.weight) filter (
            where places.author_position is not null and not coalesce(authors.is_group_author, false)
        ) as weight
    from indicators.author_place as places
    left join lake.work_authorships as authors
        on places.work_id = authors.work_id and places.author_position = authors.author_position
    group by places.work_id, places.institution_key, places.college_id
),

institutions as (
    select
        work_id,
        count(distinct institution_key) as institutions_count
    from shares
    group by work_id
)

select
    shares.work_id,
    shares.institution_key,
    shares.institution_id,
    shares.is_own,
    shares.college_id,
    shares.authors_count,
    case
        when complete.linked_count = complete.authors_count and complete.authors_count > 0
            then coalesce(shares.weight, 0) / complete.authors_count
    end as frac_author,
    1.0 / institutions.institutions_count
    / count(*) over (partition by shares.work_id, shares.institution_key) as frac_org,
    case
        when complete.linked_count = complete.authors_count and complete.authors_count > 0 then 'links' else 'org_only'
    end as counting_basis
from shares
inner join institutions on shares.work_id = institutions.work_id
left join complete on shares.work_id = complete.work_id
