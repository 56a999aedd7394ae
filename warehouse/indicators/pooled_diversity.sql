-- 对象 × 窗口的学科面（合并计算）：Rao–Stirling、²Dˢ、DIV
-- grain: one row per group_id
-- needs: category_similarity, pooled_share
select * from library.main.diversity('library.indicators.pooled_share', 'library.indicators.category_similarity')
