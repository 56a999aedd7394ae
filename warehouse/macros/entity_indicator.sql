-- 通用指标行：对象 × 窗口 × 指标 × 计数法，值、分子、分母、缺失数、区间、状态、来源；参数为合计、h、区间三张表的名字
-- grain: one row per entity_type, entity_id, window_id, indicator_id, counting
-- status：ok | low_n（n 为 5–9，或学术年龄不足 5 年的 m 商）| suppressed（n < 5，值与分子不给，n 给）| missing（没有数据）
--   | not_applicable（谈不上）| stale（数据过旧，值仍给）。空从不变成 0；n_den 为有数据的件数，n_missing 为谈得上而没有数据的件数
-- 哪个指标给哪类对象、单位、公式、版本，都在字典 indicators
create or replace macro library.main.entity_indicator(totals, h, intervals) as table
    with definitions as (
        select
            indicator_id,
            kind,
            source,
            unit,
            def_version,
            string_split(entities, ';') as entities
        from library.lake.indicators_dictionary
    ),

    years as (
        select
            entity_type,
            entity_id,
            first_year
        from query_table(totals)
        where window_id = 'all'
    ),

    own_papers as (
        select
            count(distinct paper_key) filter (where list_kind = 'highly_cited' and work_id is null) as highly_cited,
            count(distinct paper_key) filter (where list_kind = 'hot' and work_id is null) as hot,
            count(distinct paper_key) filter (where list_kind in ('highly_cited', 'hot') and work_id is null) as top
        from library.indicators.esi_own_paper
        where
            (list_kind, period) in (
                select (list_kind, max(period)) from library.indicators.esi_release
                group by list_kind
            )
    ),

    totals as (
        select
            t.*,
            year(cast(windows.as_of as date)) - years.first_year + 1 as academic_age,
            windows.year_from,
            windows.year_to,
            case when t.entity_type = 'university' and t.window_id = 'all' then own_papers.highly_cited else 0 end
                as highly_cited_missing,
            case when t.entity_type = 'university' and t.window_id = 'all' then own_papers.hot else 0 end
                as hot_missing,
            case when t.entity_type = 'university' and t.window_id = 'all' then own_papers.top else 0 end as top_missing
        from query_table(totals) as t
        inner join library.indicators.year_window as windows on t.window_id = windows.window_id
        inner join years on t.entity_type = years.entity_type and t.entity_id = years.entity_id
        cross join own_papers
    ),

    unrolled as (
        select
            entity_type,
            entity_id,
            window_id,
            academic_age,
            unnest(cast([
                ('out.works', 'full', works_count, works_count, works_count, null),
                ('out.works', 'frac_author', works_frac_author, works_count - share_author_missing, works_count, null),
                ('out.works', 'frac_org', works_frac_org, works_count - share_org_missing, works_count, null),
                ('out.articles', 'full', counted, counted, counted, null),
                ('out.articles', 'frac_author', counted_frac_author, counted - counted_author_missing, counted, null),
                ('out.articles', 'frac_org', counted_frac_org, counted - counted_org_missing, counted, null),
                ('out.reviews', 'full', reviews_count, counted, counted, null),
                ('out.proceedings', 'full', proceedings_count, works_count, works_count, null),
                ('out.retracted', 'full', retracted_count, works_count, works_count, null),
                ('out.led', 'full', led_count, led_known, counted, null),
                ('out.lead_share', 'full', led_count, led_known, counted, null),
                ('out.active_years', 'full', active_years, counted, counted, null),
                (
                    'out.growth',
                    'full',
                    last3_count,
                    previous3_count,
                    counted,
                    log2((last3_count + 1) / (previous3_count + 1))
                ),
                ('cit.wos_total', 'full', wos_citations, wos_known, wos_population, null),
                ('cit.wos_mean', 'full', wos_citations, wos_known, wos_population, null),
                ('cit.scopus_total', 'full', scopus_citations, scopus_known, scopus_population, null),
                ('cit.scopus_mean', 'full', scopus_citations, scopus_known, scopus_population, null),
                ('cit.cnki_total', 'full', cnki_citations, cnki_known, cnki_population, null),
                ('cit.cnki_mean', 'full', cnki_citations, cnki_known, cnki_population, null),
                ('imp.cnci', 'full', cnci_sum, cnci_known, wos_population, null),
                ('imp.cnci_median', 'full', null, cnci_known, wos_population, cnci_median),
                ('imp.jnci', 'full', jnci_sum, jnci_known, wos_population, null),
                ('imp.percentile', 'full', null, percentile_known, wos_population, percentile_median),
                ('imp.top10', 'full', top10_count, top10_known, wos_population, null),
                ('imp.top1', 'full', top1_count, top1_known, wos_population, null),
                ('imp.led_top10', 'full', led_top10_count, top10_known, wos_population, null),
                ('col.international', 'full', international_count, located_known, counted, null),
                ('col.domestic', 'full', domestic_count, located_known, counted, null),
                ('col.corporate', 'full', corporate_count, corporate_known, counted, null),
                ('oa.share', 'full', access_count, access_known, wos_population, null),
                ('esi.highly_cited', 'full', highly_cited_count, works_count, works_count + highly_cited_missing, null),
                ('esi.hot', 'full', hot_count, works_count, works_count + hot_missing, null),
                ('esi.top', 'full', top_papers_count, works_count, works_count + top_missing, null)
            ] as struct(
                indicator_id varchar, counting varchar, n_num double, n_den double, population double, given double
            )[]), recursive := true)
        from totals
    ),

    found as (
        select
            entity_type,
            entity_id,
            window_id,
            max(h_index) filter (where source_kind = 'wos') as wos_h,
            max(g_index) filter (where source_kind = 'wos') as wos_g,
            max(h_index) filter (where source_kind = 'scopus') as scopus_h,
            max(h_index) filter (where source_kind = 'cnki') as cnki_h
        from query_table(h)
        group by entity_type, entity_id, window_id
    ),

    indexed as (
        select
            totals.entity_type,
            totals.entity_id,
            totals.window_id,
            totals.academic_age,
            unnest(cast([
                ('cit.wos_h', 'wos', wos_known, wos_population, found.wos_h),
                ('cit.wos_g', 'wos', wos_known, wos_population, found.wos_g),
                ('cit.wos_m', 'wos', wos_known, wos_population, found.wos_h / totals.academic_age),
                ('cit.scopus_h', 'scopus', scopus_known, scopus_population, found.scopus_h),
                ('cit.cnki_h', 'cnki', cnki_known, cnki_population, found.cnki_h)
            ] as struct(
                indicator_id varchar, source_kind varchar, n_den double, population double, given double
            )[]), recursive := true)
        from totals
        left join found
            on
                totals.entity_type = found.entity_type
                and totals.entity_id = found.entity_id
                and totals.window_id = found.window_id
    ),

    long as (
        select
            entity_type,
            entity_id,
            -- 增长比的是近三年与前三年，由十年窗口算出，记在三年窗口
            case when indicator_id = 'out.growth' then '3y' else window_id end as window_id,
            academic_age,
            indicator_id,
            counting,
            n_num,
            n_den,
            population,
            given
        from unrolled
        where
            (indicator_id != 'out.growth' or window_id = '10y')
            and (indicator_id != 'out.active_years' or window_id = '5y')
        union all
        select
            entity_type,
            entity_id,
            window_id,
            academic_age,
            indicator_id,
            'full' as counting,
            null as n_num,
            n_den,
            population,
            given
        from indexed
        where indicator_id != 'cit.wos_m' or window_id = 'all'
    ),

    judged as (
        select
            long.*,
            definitions.kind,
            definitions.unit,
            definitions.def_version,
            definitions.source,
            dates.as_of,
            case definitions.kind
                when 'growth' then 0
                else greatest(long.population - long.n_den, 0)
            end as n_missing,
            case
                when definitions.kind = 'growth'
                    then case
                        when long.entity_type = 'person' and coalesce(long.academic_age, 0) < 6 then 'not_applicable'
                        else 'ok'
                    end
                when dates.as_of is null then 'missing'
                when definitions.kind = 'count' and definitions.source in ('records', 'esi')
                    then case when long.n_den = 0 and long.population > 0 then 'missing' else 'ok' end
                when long.population = 0 then 'not_applicable'
                when long.n_den = 0 then 'missing'
                when long.indicator_id = 'out.lead_share' and long.population - long.n_den > 0.3 * long.population
                    then 'missing'
                when definitions.kind in ('share', 'mean', 'median') and long.n_den < 5 then 'suppressed'
                when dates.is_stale then 'stale'
                when definitions.kind in ('share', 'mean', 'median') and long.n_den < 10 then 'low_n'
                when long.indicator_id = 'cit.wos_m' and long.academic_age < 5 then 'low_n'
                else 'ok'
            end as status
        from long
        inner join definitions
            on long.indicator_id = definitions.indicator_id and list_contains(definitions.entities, long.entity_type)
        left join library.indicators.source_date as dates on definitions.source = dates.source_kind
    )

    select
        judged.indicator_id,
        judged.def_version,
        judged.entity_type,
        judged.entity_id,
        judged.window_id,
        windows.year_from,
        windows.year_to,
        coalesce(judged.as_of, windows.as_of) as as_of,
        judged.counting,
        case
            when judged.status in ('missing', 'not_applicable', 'suppressed') then null
            when judged.kind = 'count' then coalesce(judged.n_num, 0)
            when judged.kind = 'share' then 100 * judged.n_num / judged.n_den
            when judged.kind = 'mean' then judged.n_num / judged.n_den
            else judged.given
        end as value,
        judged.unit,
        case when judged.status not in ('missing', 'not_applicable', 'suppressed') then judged.n_num end as n_num,
        judged.n_den,
        judged.n_missing,
        case
            when judged.status in ('missing', 'not_applicable', 'suppressed') then null
            when judged.kind = 'share' then 100 * library.main.wilson_low(judged.n_num, judged.n_den)
            else intervals.ci_low
        end as ci_low,
        case
            when judged.status in ('missing', 'not_applicable', 'suppressed') then null
            when judged.kind = 'share' then 100 * library.main.wilson_high(judged.n_num, judged.n_den)
            else intervals.ci_high
        end as ci_high,
        case
            when judged.status in ('missing', 'not_applicable', 'suppressed') then null
            when judged.kind = 'share' then 'wilson'
            else intervals.ci_basis
        end as ci_basis,
        judged.status,
        case
            when judged.as_of is not null then judged.source || ' ' || judged.as_of
        end as sources
    from judged
    inner join library.indicators.year_window as windows on judged.window_id = windows.window_id
    left join query_table(intervals) as intervals
        on
            judged.entity_type = intervals.entity_type
            and judged.entity_id = intervals.entity_id
            and judged.window_id = intervals.window_id
            and judged.indicator_id = intervals.indicator_id;
