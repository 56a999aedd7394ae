-- 对象 × 出版年的产出、主导、被引、CNCI；members 为“对象与作品”的表名，wanted 为对象类别
-- grain: one row per entity_id, publication_year
-- 空 = 没有数据；CNCI 不足 5 篇的不给（cnci_status = 'suppressed'）
create or replace macro library.main.entity_year(members, wanted) as table
    select
        members.entity_id,
        measures.publication_year,
        count(*) as works_count,
        count(*) filter (where measures.is_counted) as articles_reviews_count,
        sum(members.share_author) filter (where measures.is_counted) as articles_frac_author,
        count(*) filter (where measures.is_counted and members.leads = 'yes') as led_works_count,
        count(*) filter (where measures.is_counted and members.leads = 'unknown') as lead_unknown_count,
        sum(measures.citations_wos) filter (where measures.is_counted) as citations_wos_count,
        count(measures.citations_wos) filter (where measures.is_counted) as works_with_citations_wos_count,
        count(*) filter (where measures.is_highly_cited) as highly_cited_count,
        count(*) filter (where measures.is_counted and measures.is_top10) as top10_count,
        count(measures.is_top10) filter (where measures.is_counted) as top10_known_count,
        case
            when count(measures.cnci) filter (where measures.is_counted) >= 5
                then avg(measures.cnci) filter (where measures.is_counted)
        end as cnci_mean,
        count(measures.cnci) filter (where measures.is_counted) as cnci_count,
        case
            when count(measures.cnci) filter (where measures.is_counted) = 0 then 'missing'
            when count(measures.cnci) filter (where measures.is_counted) < 5 then 'suppressed'
            when count(measures.cnci) filter (where measures.is_counted) < 10 then 'low_n'
            else 'ok'
        end as cnci_status,
        count(*) filter (where measures.is_counted and measures.is_international) as international_count
    from query_table(members) as members
    inner join library.indicators.work_measure as measures on members.work_id = measures.work_id
    where members.entity_type = wanted
    group by members.entity_id, measures.publication_year;
