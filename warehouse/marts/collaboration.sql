-- 合作：本校二级单位（当时）与合作方的论文，合作方为本校另一单位、其他机构、国家地区
-- grain: one row per unit_id, partner_kind, partner_id, publication_year
-- partner_kind：unit 本校单位（两个方向各一行）| institution 字典认出的机构 | country 外国或地区。认不出的机构不列，件数见 marts.indicator
-- 只算未撤稿的论文与综述；collaboration_weight = Σ 1 / (参与机构或单位数 − 1)（Newman）；作者超过 30 人的作品另计，不入强度
with works as (
    select
        work_college.work_id,
        work_college.college_id as unit_id,
        work_college.leads,
        work_college.colleges_count,
        measures.publication_year,
        measures.citations_wos,
        measures.is_highly_cited,
        measures.is_top10,
        measures.partners_count,
        coalesce(measures.author_count, 0) > 30 as is_large
    from indicators.work_college as work_college
    inner join indicators.work_measure as measures on work_college.work_id = measures.work_id
    where measures.is_counted and work_college.college_id != 'unresolved'
),

-- 本校所在的国家：本校地址写明最多的
home as (
    select arg_max(country_code, addresses_count) as country_code
    from (
        select
            addresses.country_code,
            count(*) as addresses_count
        from indicators.author_place as places
        inner join lake.address_countries as addresses on places.address_id = addresses.address_id
        where places.is_own
        group by addresses.country_code
    )
),

partners as (
    select distinct
        left_works.work_id,
        left_works.unit_id,
        'unit' as partner_kind,
        right_works.unit_id as partner_id,
        1.0 / (left_works.colleges_count - 1) as weight
    from works as left_works
    inner join works as right_works
        on left_works.work_id = right_works.work_id and left_works.unit_id != right_works.unit_id
    union all
    select distinct
        works.work_id,
        works.unit_id,
        'institution' as partner_kind,
        places.institution_id as partner_id,
        1.0 / works.partners_count as weight
    from works
    inner join indicators.author_place as places
        on works.work_id = places.work_id and not places.is_own and places.institution_id is not null
    union all
    select distinct
        works.work_id,
        works.unit_id,
        'country' as partner_kind,
        addresses.country_code as partner_id,
        1.0 / works.partners_count as weight
    from works
    inner join indicators.author_place as places on works.work_id = places.work_id and not places.is_own
    inner join lake.address_countries as addresses on places.address_id = addresses.address_id
    where addresses.country_code != (select home.country_code from home) and works.partners_count > 0
)

select
    partners.unit_id,
    units.name_zh as unit_name_zh,
    partners.partner_kind,
    partners.partner_id,
    coalesce(others.name_zh, institutions.name_zh, institutions.name_en, countries.name_zh, partners.partner_id)
        as partner_zh,
    works.publication_year,
    count(*) as works_count,
    count(*) filter (where works.leads = 'yes') as led_works_count,
    count(*) filter (where works.is_large) as large_works_count,
    sum(partners.weight) filter (where not works.is_large) as collaboration_weight,
    count(*) filter (where works.is_highly_cited) as highly_cited_count,
    count(*) filter (where works.is_top10) as top10_count,
    sum(works.citations_wos) as citations_wos_count,
    count(works.citations_wos) as works_with_citations_wos_count
from partners
inner join works on partners.work_id = works.work_id and partners.unit_id = works.unit_id
left join lake.units as units on partners.unit_id = units.unit_id
left join lake.units as others on partners.partner_kind = 'unit' and partners.partner_id = others.unit_id
left join lake.institutions_dictionary as institutions
    on partners.partner_kind = 'institution' and partners.partner_id = institutions.institution_id
left join lake.countries_dictionary as countries
    on partners.partner_kind = 'country' and partners.partner_id = countries.code
group by
    partners.unit_id, units.name_zh, partners.partner_kind, partners.partner_id, others.name_zh, institutions.name_zh,
    institutions.name_en, countries.name_zh, works.publication_year
