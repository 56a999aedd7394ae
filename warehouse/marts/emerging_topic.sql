-- 新兴主题（口径 C：InCites 引文主题的微观主题）：世界论文数、增长、前 1% 占比，是否新兴，本校论文数
-- grain: one row per topic
-- 输入：引文主题（schema = CT）的研究领域导出，逐年、带论文数；不限机构的一份为世界，限本校的一份为本校。没有这两份时无行，见 marts.emerging_coverage
-- 新兴：近三年世界论文 ≥ 100，近三年 / 前三年 ≥ max(1.3, 同宏观主题各微观主题的第 90 百分位)，世界前 1% 占比 ≥ 1；主题逐年重聚，只在同一批导出内比
with exports as (
    select
        context_id,
        any_value(filters) as filters,
        max(data_through) as data_through,
        regexp_matches(any_value(coalesce(filters, '')), '(?i)organization name|机构名称') as is_filtered
    from lake.incites_exports
    where subject_schema = 'CT' and entity_kind = 'research_area'
    group by context_id
),

rows as (
    select
        metrics.entity_name,
        string_split(regexp_extract(metrics.entity_name, '^(\d+(?:\.\d+){0,2})', 1), '.') as places,
        metrics.publication_year,
        metrics.metric,
        metrics.value,
        exports.is_filtered,
        exports.data_through
    from lake.incites_metrics as metrics
    inner join exports on metrics.context_id = exports.context_id
    where
        metrics.entity_kind = 'research_area'
        and not coalesce(metrics.is_baseline, false)
        and metrics.publication_year is not null
),

windows as (
    select year_to
    from indicators.year_window
    where window_id = '3y'
),

micro as (
    select
        rows.entity_name as topic,
        rows.places[1] as macro_id,
        rows.places[1] || '.' || rows.places[2] as meso_id,
        max(rows.data_through) as data_through,
        sum(rows.value) filter (
            where not rows.is_filtered
            and rows.metric = 'documents'
            and rows.publication_year between windows.year_to - 2 and windows.year_to
        ) as world_last3,
        sum(rows.value) filter (
            where not rows.is_filtered
            and rows.metric = 'documents'
            and rows.publication_year between windows.year_to - 5 and windows.year_to - 3
        ) as world_previous3,
        sum(rows.value) filter (
            where not rows.is_filtered
            and rows.metric = 'documents'
            and rows.publication_year between windows.year_to - 4 and windows.year_to
        ) as world_last5,
        avg(rows.value) filter (
            where not rows.is_filtered
            and rows.metric = 'percent_top_1_percent_documents'
            and rows.publication_year between windows.year_to - 2 and windows.year_to
        ) as world_top1_percent,
        sum(rows.value) filter (
            where rows.is_filtered
            and rows.metric = 'documents'
            and rows.publication_year between windows.year_to - 4 and windows.year_to
        ) as own_last5
    from rows
    cross join windows
    where len(rows.places) = 3
    group by rows.entity_name, rows.places
),

grown as (
    select
        *,
        world_last3 / nullif(world_previous3, 0) as growth,
        quantile_cont(world_last3 / nullif(world_previous3, 0), 0.9) over (partition by macro_id) as growth_of_macro
    from micro
)

select
    topic,
    macro_id,
    meso_id,
    data_through,
    world_last3,
    world_previous3,
    world_last5,
    growth,
    greatest(1.3, growth_of_macro) as growth_needed,
    world_top1_percent,
    own_last5,
    world_last3 >= 100 and growth >= greatest(1.3, growth_of_macro) and world_top1_percent >= 1 as is_emerging
from grown
