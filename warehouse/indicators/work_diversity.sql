-- 作品的跨学科程度（按参考文献）：Rao–Stirling、²Dˢ、DIV
-- grain: one row per group_id
-- needs: category_similarity, work_share
select * from library.main.diversity('library.indicators.work_share', 'library.indicators.category_similarity')
