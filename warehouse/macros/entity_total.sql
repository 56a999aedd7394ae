-- 对象 × 窗口的各项合计：件数、份额、被引、规范化指标、主导、合作；members 为“对象与作品”的表名
-- grain: one row per entity_type, entity_id, window_id
-- 影响力只算未撤稿的论文与综述（is_counted）；*_population 是谈得上该指标的作品，*_known 是其中有数据的
create or replace macro library.main.entity_total(members) as table
    with placed as (
        select
            members.entity_type,
            members.entity_id,
            windows.window_id,
            windows.year_to,
            members.leads as entity_leads,
            members.share_author,
            members.share_org,
            measures.* exclude (work_id, leads)
        from query_table(members) as members
        inner join library.indicators.work_measure as measures on members.work_id = measures.work_id
        inner join library.indicators.year_window as windows
            on windows.window_id = 'all' or measures.publication_year between windows.year_from and windows.year_to
    )

    select
        entity_type,
        entity_id,
        window_id,
        count(*) as works_count,
        sum(share_author) as works_frac_author,
        count(*) - count(share_author) as share_author_missing,
        sum(share_org) as works_frac_org,
        count(*) - count(share_org) as share_org_missing,
        count(*) filter (where is_retracted) as retracted_count,
        count(*) filter (where is_counted) as counted,
        sum(share_author) filter (where is_counted) as counted_frac_author,
        count(*) filter (where is_counted) - count(share_author) filter (where is_counted) as counted_author_missing,
        sum(share_org) filter (where is_counted) as counted_frac_org,
        count(*) filter (where is_counted) - count(share_org) filter (where is_counted) as counted_org_missing,
        count(*) filter (where is_counted and document_type = 'review') as reviews_count,
        count(*) filter (where document_type in ('proceedings_paper', 'conference')) as proceedings_count,
        count(*) filter (where is_counted and entity_leads = 'yes') as led_count,
        count(*) filter (where is_counted and entity_leads != 'unknown') as led_known,
        count(distinct publication_year) filter (where is_counted) as active_years,
        min(publication_year) filter (where is_counted) as first_year,
        count(*) filter (where is_counted and publication_year > year_to - 3) as last3_count,
        count(*) filter (where is_counted and publication_year between year_to - 5 and year_to - 3) as previous3_count,
        count(*) filter (where is_counted and in_wos) as wos_population,
        count(citations_wos) filter (where is_counted) as wos_known,
        sum(citations_wos) filter (where is_counted) as wos_citations,
        count(*) filter (where is_counted and in_scopus) as scopus_population,
        count(citations_scopus) filter (where is_counted) as scopus_known,
        sum(citations_scopus) filter (where is_counted) as scopus_citations,
        count(*) filter (where is_counted and in_cnki) as cnki_population,
        count(citations_cnki) filter (where is_counted) as cnki_known,
        sum(citations_cnki) filter (where is_counted) as cnki_citations,
        count(cnci) filter (where is_counted) as cnci_known,
        sum(cnci) filter (where is_counted) as cnci_sum,
        median(cnci) filter (where is_counted) as cnci_median,
        count(jnci) filter (where is_counted) as jnci_known,
        sum(jnci) filter (where is_counted) as jnci_sum,
        count(percentile_top) filter (where is_counted) as percentile_known,
        median(percentile_top) filter (where is_counted) as percentile_median,
        count(is_top10) filter (where is_counted) as top10_known,
        count(*) filter (where is_counted and is_top10) as top10_count,
        count(is_top1) filter (where is_counted) as top1_known,
        count(*) filter (where is_counted and is_top1) as top1_count,
        count(*) filter (where is_counted and is_top10 and entity_leads = 'yes') as led_top10_count,
        count(is_international) filter (where is_counted) as located_known,
        count(*) filter (where is_counted and is_international) as international_count,
        count(*) filter (where is_counted and not is_international and partners_count > 0) as domestic_count,
        count(is_corporate) filter (where is_counted) as corporate_known,
        count(*) filter (where is_counted and is_corporate) as corporate_count,
        count(is_open_access) filter (where is_counted) as access_known,
        count(*) filter (where is_counted and is_open_access) as access_count,
        count(*) filter (where is_highly_cited) as highly_cited_count,
        count(*) filter (where is_hot) as hot_count,
        count(*) filter (where is_highly_cited or is_hot) as top_papers_count
    from placed
    group by entity_type, entity_id, window_id;
