-- 未入选而接近阈值的本校论文：估算被引 = WoS 核心合集被引 × k（k 为同期同学科同年高被引论文 ESI/WoS 被引之比的中位数，n ≥ 20）
-- grain: one row per period, work_id
-- status: estimated 有估算 | no_ratio 样本不足 20 篇，没有 k，不估算，只并列两个数 | no_field 学科待定
-- nearness（仅 estimated）: step 一步之遥 差距 ≤ 1 | near 近阈 达到阈值 90 % | watch 关注（达到 80 % 或差距 ≤ 3）
-- 学科依据：曾在 ESI 名单中的学科 → InCites 的 ESI 学科 → 期刊表（综合性期刊的论文不凭期刊表定学科）。阈值 ≤ 2 的学科与年份无人入选，不列
with releases as (
    select
        period,
        window_from,
        window_to
    from indicators.esi_release
    where list_kind = 'highly_cited'
),

own_works as (
    select distinct work_id from indicators.work_college
),

citations as (
    select
        clusters.work_id,
        metrics.value,
        try_cast(metrics.as_of as date) as as_of
    from lake.metrics as metrics
    inner join lake.clusters as clusters on metrics.record_id = clusters.record_id
    where metrics.metric = 'citations_wos_core'
),

nearest as (
    select
        releases.period,
        citations.work_id,
        citations.value as citations_wos_count,
        citations.as_of,
        row_number() over (
            partition by releases.period, citations.work_id
            order by
                abs(date_diff('day', citations.as_of, releases.window_to)),
                citations.as_of desc,
                citations.value desc
        ) as place
    from citations
    cross join releases
),

earlier as (
    select
        nearest.period,
        nearest.work_id,
        arg_max(citations.value, citations.as_of) as citations_wos_count
    from nearest
    inner join citations
        on
            nearest.work_id = citations.work_id
            and citations.as_of between nearest.as_of - interval 240 day and nearest.as_of - interval 150 day
    where nearest.place = 1
    group by nearest.period, nearest.work_id
),

candidates as (
    select
        releases.period,
        works.work_id,
        works.title,
        works.venue,
        works.doi,
        works.accession_wos,
        works.publication_year,
        nearest.citations_wos_count,
        nearest.as_of,
        nearest.citations_wos_count - earlier.citations_wos_count as citations_gained_six_months,
        fields.esi_field,
        fields.field_basis
    from releases
    inner join lake.works as works
        on works.publication_year between year(releases.window_from) and year(releases.window_to)
    inner join own_works on works.work_id = own_works.work_id
    inner join nearest
        on releases.period = nearest.period and works.work_id = nearest.work_id and nearest.place = 1
    left join earlier on releases.period = earlier.period and works.work_id = earlier.work_id
    left join indicators.work_esi_field as fields on works.work_id = fields.work_id
    left join indicators.esi_own_paper as listed
        on
            releases.period = listed.period
            and listed.list_kind = 'highly_cited'
            and works.work_id = listed.work_id
    where
        works.accession_wos is not null
        and works.document_type in ('article', 'review')
        and not coalesce(works.is_retracted, false)
        and listed.work_id is null
),

lowest_thresholds as (
    select
        period,
        threshold_year,
        min(threshold_value) as threshold_value
    from lake.esi_thresholds
    where threshold_kind = 'highly_cited' and esi_field != 'ALL' and threshold_value > 2
    group by period, threshold_year
),

compared as (
    select
        candidates.*,
        fields.name_zh as esi_field_zh,
        coalesce(
            thresholds.threshold_value,
            case when candidates.esi_field is null then lowest_thresholds.threshold_value end
        ) as threshold_value,
        ratios.ratio as esi_ratio,
        coalesce(ratios.papers_count, 0) as ratio_papers_count,
        candidates.citations_wos_count * ratios.ratio as citations_estimated
    from candidates
    left join lake.esi_fields_dictionary as fields on candidates.esi_field = fields.esi_field
    left join lake.esi_thresholds as thresholds
        on
            candidates.period = thresholds.period
            and candidates.esi_field = thresholds.esi_field
            and thresholds.threshold_kind = 'highly_cited'
            and candidates.publication_year = thresholds.threshold_year
    left join lowest_thresholds
        on
            candidates.period = lowest_thresholds.period
            and candidates.publication_year = lowest_thresholds.threshold_year
    left join indicators.esi_ratio as ratios
        on
            candidates.period = ratios.period
            and candidates.esi_field = ratios.esi_field
            and candidates.publication_year = ratios.publication_year
),

judged as (
    select
        *,
        case
            when esi_field is null then 'no_field'
            when esi_ratio is null then 'no_ratio'
            else 'estimated'
        end as status,
        threshold_value - citations_estimated as gap,
        citations_estimated / threshold_value as estimated_ratio,
        coalesce(citations_estimated, citations_wos_count) as compared_count
    from compared
    where threshold_value > 2
)

select
    period,
    work_id,
    accession_wos,
    doi,
    title,
    venue,
    publication_year,
    esi_field,
    esi_field_zh,
    field_basis,
    citations_wos_count,
    as_of as citations_wos_as_of,
    citations_gained_six_months,
    case when esi_field is not null then threshold_value end as threshold_value,
    esi_ratio,
    ratio_papers_count,
    citations_estimated,
    gap,
    estimated_ratio,
    status,
    case
        when status != 'estimated' then null
        when gap <= 1 then 'step'
        when estimated_ratio >= 0.9 then 'near'
        else 'watch'
    end as nearness
from judged
where compared_count >= 0.8 * threshold_value or threshold_value - compared_count <= 3
