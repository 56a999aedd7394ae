-- 本校作品的刊物：同样的刊号与刊名合成一个 venue_number，名单只比对一次
-- grain: one row per work_id
-- needs: work_college
with own_works as (
    select distinct work_id from indicators.work_college
),

names as (
    select
        clusters.work_id,
        list_sort(list(distinct records.venue_key)) as venue_keys
    from lake.clusters as clusters
    inner join own_works on clusters.work_id = own_works.work_id
    inner join lake.records as records on clusters.record_id = records.record_id
    where records.venue_key is not null and records.venue_key != ''
    group by clusters.work_id
)

select
    works.work_id,
    works.publication_year,
    works.journal_id,
    works.issn,
    works.eissn,
    names.venue_keys,
    dense_rank() over (
        order by works.journal_id, works.issn, works.eissn, names.venue_keys
    ) as venue_number
from lake.works as works
inner join own_works on works.work_id = own_works.work_id
left join names on works.work_id = names.work_id
