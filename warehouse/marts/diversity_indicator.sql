-- 跨学科指标行：作品均值（作品内部的融合）与合并值（面的宽窄），两者回答不同的问题；学院间共著、“人工智能 + X”
-- grain: one row per entity_type, entity_id, window_id, indicator_id, counting
-- 参考文献认出率不足 60 % 的不给（suppressed）；没有参考文献数据的缺失（missing）。只与同学科的比
with members as (
    select
        members.entity_type,
        members.entity_id,
        windows.window_id,
        members.work_id
    from indicators.entity_work as members
    inner join indicators.work_measure as measures on members.work_id = measures.work_id and measures.is_counted
    inner join indicators.year_window as windows
        on windows.window_id = 'all' or measures.publication_year between windows.year_from and windows.year_to
    where members.entity_type in ('university', 'unit', 'unit_then', 'field')
),

-- 学科类别与人工智能：类别名中写明人工智能的
artificial as (
    select
        work_id,
        bool_or(contains(subject_category, 'ARTIFICIAL INTELLIGENCE')) as has_ai,
        bool_or(
            not contains(subject_category, 'ARTIFICIAL INTELLIGENCE')
            and not contains(subject_category, 'COMPUTER SCIENCE')
        )
            as has_home
    from lake.work_categories
    group by work_id
),

colleges as (
    select
        work_id,
        max(colleges_count) filter (where college_id != 'unresolved') as colleges_count
    from indicators.work_college
    group by work_id
),

totals as (
    select
        members.entity_type,
        members.entity_id,
        members.window_id,
        count(*) as works_count,
        count(refs.work_id) as referring_count,
        sum(refs.references_count) as references_count,
        sum(refs.matched_count) as matched_count,
        count(diversity.group_id) as measured_count,
        sum(diversity.rao_stirling) as rs_sum,
        sum(diversity.effective_categories) as effective_sum,
        count(artificial.work_id) as categorised_count,
        count(*) filter (where artificial.has_ai and artificial.has_home) as fusion_count,
        count(colleges.colleges_count) as placed_count,
        count(*) filter (where colleges.colleges_count > 1) as cross_count
    from members
    left join indicators.work_reference as refs on members.work_id = refs.work_id
    left join indicators.work_diversity as diversity on members.work_id = diversity.group_id
    left join artificial on members.work_id = artificial.work_id
    left join colleges on members.work_id = colleges.work_id
    group by members.entity_type, members.entity_id, members.window_id
),

long as (
    select
        totals.entity_type,
        totals.entity_id,
        totals.window_id,
        unnest(cast([
            ('div.rs_mean', rs_sum, measured_count, works_count, referring_count, null),
            ('div.effective_mean', effective_sum, measured_count, works_count, referring_count, null),
            (
                'div.effective_pooled', null, coalesce(matched_count, 0), coalesce(references_count, 0),
                referring_count, pooled.effective_categories
            ),
            ('div.ai_fusion', fusion_count, categorised_count, works_count, categorised_count, null),
            ('div.cross_college', cross_count, placed_count, works_count, placed_count, null)
        ] as struct(
            indicator_id varchar, n_num double, n_den double, population double, data_count double, given double
        )[]), recursive := true)
    from totals
    left join indicators.pooled_diversity as pooled
        on totals.entity_type || '|' || totals.entity_id || '|' || totals.window_id = pooled.group_id
),

judged as (
    select
        long.*,
        definitions.kind,
        definitions.unit,
        definitions.def_version,
        case
            when long.population = 0 and long.indicator_id != 'div.effective_pooled' then 'not_applicable'
            when long.data_count = 0 then 'missing'
            when definitions.kind = 'index' then case when long.given is null then 'suppressed' else 'ok' end
            when long.n_den < 5 then 'suppressed'
            when long.n_den < 10 then 'low_n'
            else 'ok'
        end as status
    from long
    inner join lake.indicators_dictionary as definitions
        on
            long.indicator_id = definitions.indicator_id
            and list_contains(string_split(definitions.entities, ';'), long.entity_type)
)

select
    judged.indicator_id,
    judged.def_version,
    judged.entity_type,
    judged.entity_id,
    judged.window_id,
    windows.year_from,
    windows.year_to,
    windows.as_of,
    'full' as counting,
    case
        when judged.status in ('missing', 'not_applicable', 'suppressed') then null
        when judged.kind = 'share' then 100 * judged.n_num / judged.n_den
        when judged.kind = 'mean' then judged.n_num / judged.n_den
        else judged.given
    end as value,
    judged.unit,
    case when judged.status in ('ok', 'low_n') then judged.n_num end as n_num,
    judged.n_den,
    greatest(judged.population - judged.n_den, 0) as n_missing,
    case
        when judged.status in ('ok', 'low_n') and judged.kind = 'share'
            then 100 * library.main.wilson_low(judged.n_num, judged.n_den)
    end as ci_low,
    case
        when judged.status in ('ok', 'low_n') and judged.kind = 'share'
            then 100 * library.main.wilson_high(judged.n_num, judged.n_den)
    end as ci_high,
    case when judged.status in ('ok', 'low_n') and judged.kind = 'share' then 'wilson' end as ci_basis,
    judged.status,
    'records ' || windows.as_of as sources
from judged
inner join indicators.year_window as windows on judged.window_id = windows.window_id
