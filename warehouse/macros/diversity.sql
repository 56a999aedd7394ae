-- 多样性：各组在学科类别上的份额 → Rao–Stirling、²Dˢ（有效类别数）、Simpson、Gini、DIV；参数为份额表与相似度表的名字
-- grain: one row per group_id
-- RS = Σ_{i≠j} p_i p_j (1 − s_ij)，有序对（有的文献只取 i<j，是它的一半）；²Dˢ = 1 / (1 − RS)
-- DIV = (n/N)·(1 − Gini)·Σ_{i≠j} d_ij / (n(n−1))，N 为相似度表里的类别数；只有一类时为 0。两类之间没有相似度的，s = 0
create or replace macro library.main.diversity(shares, similarity) as table
    with parts as (
        select
            group_id,
            subject_category,
            weight / sum(weight) over (partition by group_id) as share,
            row_number() over (partition by group_id order by weight, subject_category) as place,
            count(*) over (partition by group_id) as categories_count
        from query_table(shares)
        where weight > 0
    ),

    singles as (
        select
            group_id,
            any_value(categories_count) as categories_count,
            1 - sum(share * share) as simpson,
            sum((2 * place - categories_count - 1) * share) / any_value(categories_count) as gini
        from parts
        group by group_id
    ),

    pairs as (
        select
            left_parts.group_id,
            sum(left_parts.share * right_parts.share * (1 - coalesce(similarity.similarity, 0))) as rao_stirling,
            sum(1 - coalesce(similarity.similarity, 0)) as distances
        from parts as left_parts
        inner join parts as right_parts
            on
                left_parts.group_id = right_parts.group_id
                and left_parts.subject_category != right_parts.subject_category
        left join query_table(similarity) as similarity
            on
                left_parts.subject_category = similarity.category_left
                and right_parts.subject_category = similarity.category_right
        group by left_parts.group_id
    ),

    size as (
        select count(distinct category_left) as all_count
        from query_table(similarity)
    )

    select
        singles.group_id,
        singles.categories_count,
        coalesce(pairs.rao_stirling, 0) as rao_stirling,
        1 / (1 - coalesce(pairs.rao_stirling, 0)) as effective_categories,
        singles.simpson,
        singles.gini,
        case
            when size.all_count > 0
                then singles.categories_count / size.all_count * (1 - singles.gini) * coalesce(
                    pairs.distances / (singles.categories_count * (singles.categories_count - 1)), 0
                )
        end as div
    from singles
    cross join size
    left join pairs on singles.group_id = pairs.group_id;
