-- 本校作品逐件的度量：各家被引、InCites 规范化指标、主导、合作、开放获取、ESI；计数与均值都由此汇总
-- grain: one row per work_id
-- needs: author_place, citations, esi_own_paper, esi_release, institution_role, work_college, work_esi_field
-- 空 = 没有数据，不是零。in_wos 等：作品在该库有记录，才谈得上它的被引缺不缺；撤稿（来源标注或撤稿名单）不计入影响力
-- is_international：认出两国以上为是；全部地址都知道国家且只有一国为否；其余未知。is_corporate 只凭地址或机构字典，认不出的公司会漏
-- percentile_top：0 最好；is_top10、is_top1 先取 InCites 的标记，没有标记取百分位
with own as (
    select distinct work_id from indicators.work_college
),

latest as (
    select
        record_id,
        metric,
        value,
        as_of
    from lake.metrics
    where metric like 'incites\_%' escape '\'
    qualify row_number() over (partition by record_id, metric order by as_of desc) = 1
),

normalised as (
    select
        clusters.work_id,
        arg_max(latest.value, latest.as_of) filter (where latest.metric = 'incites_cnci') as cnci,
        arg_max(latest.value, latest.as_of) filter (where latest.metric = 'incites_jnci') as jnci,
        arg_max(latest.value, latest.as_of) filter (where latest.metric = 'incites_percentile_top') as percentile_top,
        max(latest.value) filter (where latest.metric = 'incites_is_top_10_percent') as top10_flag,
        max(latest.value) filter (where latest.metric = 'incites_is_top_1_percent') as top1_flag
    from latest
    inner join lake.clusters as clusters on latest.record_id = clusters.record_id
    group by clusters.work_id
),

cited as (
    select
        work_id,
        max(value) filter (where metric = 'citations_wos_core') as citations_wos,
        max(value) filter (where metric = 'citations_scopus') as citations_scopus,
        max(value) filter (where metric = 'citations_cnki') as citations_cnki
    from indicators.citations
    group by work_id
),

access as (
    select
        clusters.work_id,
        bool_or(
            lower(coalesce(metrics.value_text, '')) not in ('', 'no', 'n', 'non-oa', 'closed', '否', 'n/a')
            or coalesce(metrics.value, 0) > 0
        ) as is_open_access
    from lake.incites_metrics as metrics
    inner join lake.clusters as clusters on clusters.record_id = 'wos:' || metrics.entity_id
    where metrics.entity_kind = 'document' and metrics.metric = 'open_access'
    group by clusters.work_id
),

-- 机构所在国家：地址写明的，其次机构字典的，再次中文地址按惯例为中国
countries as (
    select
        code,
        unnest(list_concat([code, name, name_zh], string_split(coalesce(aliases, ''), ';'))) as written
    from lake.countries_dictionary
),

institution_countries as (
    select
        institutions.institution_id,
        min(countries.code) as country_code
    from lake.institutions_dictionary as institutions
    inner join countries on lower(institutions.country) = lower(countries.written)
    group by institutions.institution_id
),

located as (
    select
        places.work_id,
        places.is_own,
        places.institution_key,
        case
            when printed.country_basis = 'stated' then printed.country_code
            else coalesce(institutions.country_code, printed.country_code)
        end as country_code,
        coalesce(kinds.kind = 'company', false)
        or regexp_matches(
            places.institution_key, '^text:.*(公司|集团|\b(co|corp|corporation|inc|ltd|llc|gmbh|plc|pty|company)\b)'
        ) as is_company
    from indicators.author_place as places
    left join lake.address_countries as printed on places.address_id = printed.address_id
    left join institution_countries as institutions on places.institution_id = institutions.institution_id
    left join lake.institutions_dictionary as kinds on places.institution_id = kinds.institution_id
),

partners as (
    select
        work_id,
        count(distinct country_code) as countries_count,
        bool_and(country_code is not null) as is_located,
        bool_or(is_company and not is_own) as is_corporate,
        count(distinct institution_key) filter (where not is_own) as partners_count
    from located
    group by work_id
),

roles as (
    select
        roles.work_id,
        case
            when bool_or(roles.first_author = 'yes' or roles.corresponding = 'yes') then 'yes'
            when bool_or(roles.first_author = 'unknown' or roles.corresponding = 'unknown') then 'unknown'
            else 'no'
        end as leads
    from indicators.institution_role as roles
    inner join lake.institutions_dictionary as institutions
        on roles.institution_id = institutions.institution_id and institutions.kind = 'own'
    group by roles.work_id
),

latest_lists as (
    select
        list_kind,
        max(period) as period
    from indicators.esi_release
    group by list_kind
),

esi as (
    select
        papers.work_id,
        bool_or(papers.list_kind = 'highly_cited') as is_highly_cited,
        bool_or(papers.list_kind = 'hot') as is_hot
    from indicators.esi_own_paper as papers
    inner join latest_lists on papers.list_kind = latest_lists.list_kind and papers.period = latest_lists.period
    where papers.work_id is not null
    group by papers.work_id
),

retracted as (
    select distinct doi from lake.retractions
    where retraction_nature = 'retraction' and doi is not null
)

select
    works.work_id,
    works.publication_year,
    works.document_type,
    coalesce(works.document_type, '') in ('article', 'review')
    and not (coalesce(works.is_retracted, false) or retracted.doi is not null) as is_counted,
    coalesce(works.is_retracted, false) or retracted.doi is not null as is_retracted,
    list_contains(string_split(works.sources, '+'), 'wos') as in_wos,
    list_contains(string_split(works.sources, '+'), 'scopus') as in_scopus,
    list_contains(string_split(works.sources, '+'), 'cnki') as in_cnki,
    works.author_count,
    cited.citations_wos,
    cited.citations_scopus,
    cited.citations_cnki,
    normalised.cnci,
    normalised.jnci,
    normalised.percentile_top,
    coalesce(normalised.top10_flag = 1, normalised.percentile_top <= 10) as is_top10,
    coalesce(normalised.top1_flag = 1, normalised.percentile_top <= 1) as is_top1,
    coalesce(roles.leads, 'unknown') as leads,
    case
        when partners.countries_count > 1 then true
        when partners.is_located then false
    end as is_international,
    partners.is_corporate,
    coalesce(partners.countries_count, 0) as countries_count,
    coalesce(partners.partners_count, 0) as partners_count,
    access.is_open_access,
    coalesce(esi.is_highly_cited, false) as is_highly_cited,
    coalesce(esi.is_hot, false) as is_hot,
    fields.esi_field
from own
inner join lake.works as works on own.work_id = works.work_id
left join retracted on works.doi = retracted.doi
left join cited on works.work_id = cited.work_id
left join normalised on works.work_id = normalised.work_id
left join access on works.work_id = access.work_id
left join partners on works.work_id = partners.work_id
left join roles on works.work_id = roles.work_id
left join esi on works.work_id = esi.work_id
left join indicators.work_esi_field as fields on works.work_id = fields.work_id
