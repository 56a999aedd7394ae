-- 本校与对标机构在各学科的位次与规模（对标机构见 dictionaries/<本校>/benchmarks.csv）
-- grain: one row per period, esi_field, institution_id
-- needs: esi_field_position
-- 名单里没有的机构 status = 'not_listed'（未进前 1 %，或字典里的英文名与 ESI 印的不一致）；与本校之差为该机构减本校
with followed as (
    select
        institution_id,
        name_zh,
        name_en,
        0 as benchmark_order
    from lake.institutions_dictionary
    where kind = 'own'
    union
    select
        institutions.institution_id,
        institutions.name_zh,
        institutions.name_en,
        cast(benchmarks.benchmark_order as integer) as benchmark_order
    from lake.benchmarks_dictionary as benchmarks
    inner join lake.institutions_dictionary as institutions
        on benchmarks.institution_id = institutions.institution_id and institutions.kind != 'own'
),

listed as (
    select
        institutions.period,
        institutions.esi_field,
        names.institution_id,
        min(institutions.rank) as rank,
        arg_min(institutions.documents_count, institutions.rank) as documents_count,
        arg_min(institutions.citations_count, institutions.rank) as citations_count,
        arg_min(institutions.citations_per_paper, institutions.rank) as citations_per_paper,
        arg_min(institutions.top_papers_count, institutions.rank) as top_papers_count
    from lake.esi_institutions as institutions
    inner join indicators.institution_name as names
        on trim(regexp_replace(upper(institutions.institution), '([^A-Z0-9]|\bAND\b)+', ' ', 'g')) = names.name_key
    group by institutions.period, institutions.esi_field, names.institution_id
),

lists as (
    select distinct
        period,
        esi_field
    from lake.esi_institutions
)

select
    lists.period,
    lists.esi_field,
    fields.name_zh as esi_field_zh,
    followed.institution_id,
    followed.name_zh as institution_name_zh,
    followed.name_en as institution_name_en,
    followed.benchmark_order,
    followed.benchmark_order = 0 as is_own,
    case when listed.rank is not null then 'listed' else 'not_listed' end as status,
    listed.rank,
    listed.rank / own.institutions_count as position_percent,
    listed.documents_count,
    listed.citations_count,
    listed.citations_per_paper,
    listed.top_papers_count,
    listed.rank - own.rank as rank_difference,
    listed.documents_count - own.documents_count as documents_difference,
    listed.citations_count - own.citations_count as citations_difference,
    listed.citations_per_paper - own.citations_per_paper as citations_per_paper_difference,
    listed.top_papers_count - own.top_papers_count as top_papers_difference
from lists
cross join followed
left join lake.esi_fields_dictionary as fields on lists.esi_field = fields.esi_field
left join listed
    on
        lists.period = listed.period
        and lists.esi_field = listed.esi_field
        and followed.institution_id = listed.institution_id
left join marts.esi_field_position as own on lists.period = own.period and lists.esi_field = own.esi_field
