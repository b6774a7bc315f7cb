-- one row per site of this sync that is synced or manual: what Clever shares of it, and what of that is too much or too little
-- needs: roster.sites, staging.sections, staging.user_sites, staging.users, sync.sharing_findings
INSERT INTO sync.sharing BY NAME
WITH people AS (
  SELECT
    m.site_id, count(*) FILTER (list_contains(u.roles, 'student')) AS students,
    count(*) FILTER (list_contains(u.roles, 'teacher')) AS teachers
  FROM staging.user_sites AS m JOIN staging.users AS u USING (user_n)
  GROUP BY m.site_id
),
classes AS (
  SELECT site_id, count(*) AS sections FROM staging.sections GROUP BY site_id
),
found AS (
  SELECT
    site_id,
    count(*) FILTER (finding = 'school_not_mapped') AS school_not_mapped,
    count(*) FILTER (finding = 'grade_not_mapped') AS grade_not_mapped,
    count(*) FILTER (finding = 'people_in_no_mapped_section') AS people_in_no_mapped_section,
    count(*) FILTER (finding = 'students_in_no_section') AS students_in_no_section,
    count(*) FILTER (finding = 'teachers_in_no_section') AS teachers_in_no_section,
    count(*) FILTER (finding = 'sections_without_teachers') AS sections_without_teachers,
    count(*) FILTER (finding = 'sections_without_students') AS sections_without_students,
    count(*) FILTER (finding = 'students_not_shared') AS students_not_shared,
    count(*) FILTER (finding = 'teachers_not_shared') AS teachers_not_shared
  FROM sync.sharing_findings
  WHERE finding <> 'sudden_lack'
  GROUP BY site_id
)
SELECT
  $sync_id AS sync_id, s.site_id, coalesce(p.students, 0) AS students, coalesce(p.teachers, 0) AS teachers,
  coalesce(c.sections, 0) AS sections,
  coalesce(f.school_not_mapped, 0) AS school_not_mapped, coalesce(f.grade_not_mapped, 0) AS grade_not_mapped,
  coalesce(f.people_in_no_mapped_section, 0) AS people_in_no_mapped_section,
  coalesce(f.students_in_no_section, 0) AS students_in_no_section, coalesce(f.teachers_in_no_section, 0) AS teachers_in_no_section,
  coalesce(f.sections_without_teachers, 0) AS sections_without_teachers,
  coalesce(f.sections_without_students, 0) AS sections_without_students,
  coalesce(f.students_not_shared, 0) AS students_not_shared, coalesce(f.teachers_not_shared, 0) AS teachers_not_shared
FROM roster.sites AS s
LEFT JOIN people AS p USING (site_id) LEFT JOIN classes AS c USING (site_id) LEFT JOIN found AS f USING (site_id)
WHERE (s.enrollment_source = 'manual' OR s.confirmed_at IS NOT NULL) AND (len($sites) = 0 OR list_contains($sites, s.site_id))
