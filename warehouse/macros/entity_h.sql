-- 对象 × 窗口 × 来源的 h 与 g：按被引频次的分布算，不逐件排序；各来源分列，从不混合
-- grain: one row per entity_type, entity_id, window_id, source_kind
-- h = 至少 h 件各被引 h 次；g = 最大的 g（不超过件数），前 g 件合计至少 g² 次。同频次的一组里：S + (g − r)·c ≥ g²，解二次方程
create or replace macro library.main.entity_h(members) as table
    with citations as (
        select
            work_id,
            'wos' as source_kind,
            citations_wos as citations
        from library.indicators.work_measure
        union all
        select
            work_id,
            'scopus' as source_kind,
            citations_scopus as citations
        from library.indicators.work_measure
        union all
        select
            work_id,
            'cnki' as source_kind,
            citations_cnki as citations
        from library.indicators.work_measure
    ),

    cited as (
        select
            members.entity_type,
            members.entity_id,
            windows.window_id,
            citations.source_kind,
            citations.citations,
            count(*) as works_count
        from query_table(members) as members
        inner join library.indicators.work_measure as measures
            on members.work_id = measures.work_id and measures.is_counted
        inner join citations on members.work_id = citations.work_id and citations.citations is not null
        inner join library.indicators.year_window as windows
            on windows.window_id = 'all' or measures.publication_year between windows.year_from and windows.year_to
        group by
            members.entity_type, members.entity_id, windows.window_id, citations.source_kind, citations.citations
    ),

    summed as (
        select
            *,
            sum(works_count) over downwards as reached_count,
            sum(works_count * citations) over downwards as reached_citations
        from cited
        window downwards as (
            partition by entity_type, entity_id, window_id, source_kind
            order by citations desc
            rows between unbounded preceding and current row
        )
    ),

    solved as (
        select
            *,
            reached_count - works_count as before_count,
            floor((
                citations + sqrt(
                    citations * citations
                    + 4 * (reached_citations - works_count * citations - (reached_count - works_count) * citations)
                )
            ) / 2 + 1e-9) as g_bound
        from summed
        where
            citations * citations
            + 4 * (reached_citations - works_count * citations - (reached_count - works_count) * citations) >= 0
    )

    select
        entity_type,
        entity_id,
        window_id,
        source_kind,
        cast(max(least(citations, reached_count)) as bigint) as h_index,
        cast(coalesce(max(least(g_bound, reached_count)) filter (where g_bound > before_count), 0) as bigint) as g_index
    from solved
    group by entity_type, entity_id, window_id, source_kind;
