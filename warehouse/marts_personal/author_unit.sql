-- 本校作者与二级单位：署名时的单位、现行单位、出版时人事单位三者并列；一位作者署了两个学院的有两行
-- grain: one row per work_id, author_position, unit_id
-- unit_basis：byline 署名到学院 | hr 署名只到学校、实验室或校区，取名册中该人出版时的学院 | hr_current 出版时的学院已拆分，取其人现在的学院
--   | split_unassigned 原学部已拆分而人未认定，未分配（从不按名称对应）| byline_other 署名只到直属实验室等而人未认定 | unresolved 未归属
-- 出版日期只知到年的按 7 月 1 日；share = 作者数分之一 × 该单位占这位作者地址的份额（有作者没有对应地址时为空）
with printed_addresses as (
    select
        address_id,
        any_value(address) as address
    from library.lake.affiliation_matches
    group by address_id
),

placed as (
    select
        places.work_id,
        places.author_position,
        places.college_id,
        sum(places.weight) as weight,
        min(places.address_position) as address_position,
        string_agg(distinct addresses.address, ' | ' order by addresses.address) as affiliation_at_byline
    from library.indicators.author_place as places
    left join printed_addresses as addresses on places.address_id = addresses.address_id
    where places.is_own and places.author_position is not null
    group by places.work_id, places.author_position, places.college_id
),

-- 计数所用的记录没有说明、而另一条记录说明了的作者
stated as (
    select distinct
        places.work_id,
        places.author_position,
        places.address_position,
        places.record_id,
        matches.address,
        coalesce(unit_college.college_id, 'unresolved') as college_id
    from library.lake.work_addresses as places
    inner join library.lake.affiliation_matches as matches
        on places.address_id = matches.address_id and matches.decision = 'match'
    inner join library.lake.institutions_dictionary as institutions
        on matches.institution_id = institutions.institution_id and institutions.kind = 'own'
    left join library.indicators.unit_college as unit_college on matches.unit_id = unit_college.unit_id
    where
        places.author_position is not null
        and (places.work_id, places.author_position) not in (select (work_id, author_position) from placed)
),

further as (
    select
        work_id,
        author_position,
        college_id,
        cast(null as double) as weight,
        min(address_position) as address_position,
        string_agg(distinct address, ' | ' order by address) as affiliation_at_byline
    from stated
    group by work_id, author_position, college_id
),

printed as (
    select * from placed
    union all
    select * from further
),

authors as (
    select
        roles.work_id,
        roles.author_position,
        matches.person_id,
        matches.decision
    from library.indicators.author_role as roles
    left join lake.person_matches as matches
        on roles.work_id = matches.work_id and roles.author_position = matches.author_position
    where not roles.is_group_author
),

candidates as (
    select
        authors.work_id,
        authors.author_position,
        coalesce(authors.decision, 'no_match') as decision,
        case when authors.decision = 'match' then authors.person_id end as person_id,
        coalesce(printed.college_id, 'unresolved') as college_id,
        printed.weight,
        printed.affiliation_at_byline,
        printed.address_position
    from authors
    left join printed on authors.work_id = printed.work_id and authors.author_position = printed.author_position
    where printed.work_id is not null or authors.decision = 'match'
),

dates as (
    select
        work_id,
        publication_year || '-07-01' as published
    from library.lake.works
),

posts as (
    select
        people.person_id,
        people.unit_id,
        coalesce(people.valid_from, '0000-01-01') as valid_from,
        coalesce(people.valid_to, '9999-12-31') as valid_to
    from lake.people as people
),

wanted as (
    select distinct
        candidates.person_id,
        dates.published
    from candidates
    inner join dates on candidates.work_id = dates.work_id
    where candidates.person_id is not null
),

-- 名册在出版日期：在任的最近一行；已离开的取最后一行，尚未到校的取最早一行
on_date as (
    select
        wanted.person_id,
        wanted.published,
        arg_max(
            posts.unit_id,
            (
                posts.valid_from <= wanted.published and posts.valid_to >= wanted.published,
                posts.valid_from <= wanted.published,
                posts.valid_from
            )
        ) as unit_id
    from wanted
    inner join posts on wanted.person_id = posts.person_id
    group by wanted.person_id, wanted.published
),

now_units as (
    select
        person_id,
        arg_max(unit_id, valid_from) as unit_id
    from posts
    group by person_id
),

described as (
    select
        candidates.* exclude (address_position),
        coalesce(candidates.address_position, 9999) as address_position,
        on_date.unit_id as unit_on_publication,
        now_units.unit_id as unit_now,
        byline.current_college_id as byline_current,
        byline.current_status as byline_status,
        byline_units.unit_kind as byline_kind,
        nullif(hr.current_college_id, '') as hr_current_college,
        hr_units.unit_kind as hr_kind,
        latest.current_college_id as latest_college,
        latest_units.unit_kind as latest_kind
    from candidates
    left join dates on candidates.work_id = dates.work_id
    left join on_date
        on candidates.person_id = on_date.person_id and dates.published is not distinct from on_date.published
    left join now_units on candidates.person_id = now_units.person_id
    left join library.indicators.unit_college as byline on candidates.college_id = byline.unit_id
    left join library.lake.units as byline_units on byline.current_college_id = byline_units.unit_id
    left join library.indicators.unit_college as hr on on_date.unit_id = hr.unit_id
    left join library.lake.units as hr_units on hr.current_college_id = hr_units.unit_id
    left join library.indicators.unit_college as latest on now_units.unit_id = latest.unit_id
    left join library.lake.units as latest_units on latest.current_college_id = latest_units.unit_id
),

judged as (
    select
        *,
        case
            when byline_kind in ('college', 'hospital') then 'byline'
            when hr_kind is not null and hr_kind != 'university' then 'hr'
            when latest_kind is not null and latest_kind != 'university' then 'hr_current'
            when college_id != 'unresolved' and byline_current is null and byline_status = 'split'
                then 'split_unassigned'
            when college_id != 'unresolved' then 'byline_other'
            else 'unresolved'
        end as unit_basis
    from described
),

-- 一个地址写了几个学院而没有说谁在哪个的，名册中的学院在其中的，归名册中的
glued as (
    select
        *,
        unit_basis = 'byline'
        and count(*) over (partition by work_id, author_position, address_position) > 1
        and bool_or(byline_current = hr_current_college) over (
            partition by work_id, author_position, address_position
        ) as is_settled_by_hr
    from judged
),

credited as (
    select
        *,
        case unit_basis
            when 'byline' then case when is_settled_by_hr then hr_current_college else byline_current end
            when 'hr' then hr_current_college
            when 'hr_current' then latest_college
            when 'split_unassigned' then college_id
            when 'byline_other' then coalesce(byline_current, college_id)
            else 'unresolved'
        end as unit_id
    from glued
),

counts as (
    select
        work_id,
        count(*) as authors_count
    from library.indicators.author_role
    where not is_group_author
    group by work_id
),

complete as (
    select distinct work_id from library.indicators.counting
    where counting_basis = 'links'
)

select
    credited.work_id,
    credited.author_position,
    credited.unit_id,
    any_value(credited.person_id) as person_id,
    any_value(credited.decision) as decision,
    arg_min(credited.unit_basis, credited.address_position) as unit_basis,
    arg_min(credited.college_id, credited.address_position) as byline_unit_id,
    string_agg(distinct credited.affiliation_at_byline, ' | ' order by credited.affiliation_at_byline)
        as affiliation_at_byline,
    any_value(credited.unit_on_publication) as unit_on_publication,
    any_value(credited.unit_now) as unit_now,
    row_number() over (
        partition by credited.work_id, credited.author_position
        order by min(credited.address_position) asc, credited.unit_id asc
    ) as unit_order,
    case
        when any_value(complete.work_id) is not null
            then sum(credited.weight) / any_value(counts.authors_count)
    end as share
from credited
left join counts on credited.work_id = counts.work_id
left join complete on credited.work_id = complete.work_id
group by credited.work_id, credited.author_position, credited.unit_id
