-- ESI 论文的本校作者：一作、通讯、学生
-- grain: one row per paper_key, author_position
-- needs: work_author
select
    papers.paper_key,
    authors.*
from (
    select distinct
        paper_key,
        work_id
    from library.marts.esi_paper
) as papers
inner join marts.work_author as authors on papers.work_id = authors.work_id
