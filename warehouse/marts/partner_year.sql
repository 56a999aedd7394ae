-- 合作机构逐年：本校与各机构（字典认出的）合作的论文数、主导、被引、CNCI
-- grain: one row per institution_id, publication_year
-- 只算未撤稿的论文与综述，一件计一次；CNCI 为有值论文的均值，cnci_count 不足 5 的不给（status = 'suppressed'）
with partners as (
    select distinct
        places.work_id,
        places.institution_id
    from indicators.author_place as places
    where not places.is_own and places.institution_id is not null
)

select
    partners.institution_id,
    any_value(coalesce(institutions.name_zh, institutions.name_en)) as institution_name_zh,
    any_value(institutions.country) as country,
    measures.publication_year,
    count(*) as works_count,
    count(*) filter (where measures.leads = 'yes') as led_works_count,
    count(*) filter (where measures.is_highly_cited) as highly_cited_count,
    sum(measures.citations_wos) as citations_wos_count,
    count(measures.citations_wos) as works_with_citations_wos_count,
    case when count(measures.cnci) >= 5 then avg(measures.cnci) end as cnci_mean,
    count(measures.cnci) as cnci_count,
    case
        when count(measures.cnci) = 0 then 'missing' when count(measures.cnci) < 5 then 'suppressed'
        when count(measures.cnci) < 10 then 'low_n' else 'ok'
    end as cnci_status
from partners
inner join indicators.work_measure as measures on partners.work_id = measures.work_id and measures.is_counted
left join lake.institutions_dictionary as institutions on partners.institution_id = institutions.institution_id
group by partners.institution_id, measures.publication_year
