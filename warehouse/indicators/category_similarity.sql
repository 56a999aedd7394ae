-- 学科类别的相似度：两个类别的引文去向（被引类别的份额）之余弦；由本库全部作品的参考文献算出，不分年，样本小的类别不稳
-- grain: one row per category_left, category_right
-- 对称，自身为 1；两类别都有参考文献的才有行，去向没有交集的为 0
with vectors as (
    select
        citing.subject_category as category,
        cited.subject_category as cited_category,
        sum(cited.references_weight) as weight
    from lake.work_categories as citing
    inner join lake.reference_categories as cited
        on citing.work_id = cited.work_id and cited.subject_category is not null
    group by citing.subject_category, cited.subject_category
),

norms as (
    select
        category,
        sqrt(sum(weight * weight)) as norm
    from vectors
    group by category
),

products as (
    select
        left_vectors.category as category_left,
        right_vectors.category as category_right,
        sum(left_vectors.weight * right_vectors.weight) as product
    from vectors as left_vectors
    inner join vectors as right_vectors on left_vectors.cited_category = right_vectors.cited_category
    group by left_vectors.category, right_vectors.category
)

select
    left_norms.category as category_left,
    right_norms.category as category_right,
    least(coalesce(products.product, 0) / (left_norms.norm * right_norms.norm), 1.0) as similarity
from norms as left_norms
cross join norms as right_norms
left join products
    on left_norms.category = products.category_left and right_norms.category = products.category_right
